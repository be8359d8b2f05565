<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** The head of a server's answer to a request for a range: what is of use, and what each refusal means. */
final class Answer
{
    /** @param array<string, string> $headers names in lower case */
    public function __construct(private readonly string $url, private readonly int $status, private readonly array $headers)
    {
    }

    /**
     * @param list<string> $lines the lines of the head, the first of which has the status
     */
    public static function fromLines(string $url, array $lines): self
    {
        $status = preg_match('~^HTTP/\S+ (\d{3})~', $lines[0] ?? '', $match) === 1 ? (int) $match[1] : 0;
        $headers = [];
        foreach (array_slice($lines, 1) as $line) {
            [$name, $value] = explode(':', $line, 2) + [1 => ''];
            $headers[strtolower(trim($name))] = trim($value);
        }
        return new self($url, $status, $headers);
    }

    public function location(): ?string
    {
        return in_array($this->status, [301, 302, 303, 307, 308], true) ? $this->headers['location'] ?? null : null;
    }

    /**
     * Tells the sink what comes.
     *
     * @throws FetchError where nothing of use does
     */
    public function begin(int $from, int $to, Sink $sink): void
    {
        $host = Url::host($this->url);
        if ($this->status === 206) {
            $range = $this->headers['content-range'] ?? '';
            if (preg_match('~^bytes (\d+)-(\d+)/(\d+|\*)$~D', $range, $match) !== 1 || (int) $match[1] !== $from || (int) $match[2] > $to) {
                throw new FetchError("$host was asked for the bytes $from-$to and answers with '$range'");
            }
            $sink->begin(true, $match[3] === '*' ? null : (int) $match[3]);
        } elseif ($this->status === 200) {
            if (preg_match('~^(?:text/html|application/xhtml)~i', $this->headers['content-type'] ?? '') === 1) {
                throw new FetchError(
                    "$host answers with a web page in place of " . Url::name($this->url),
                    remedy: 'look at ' . Url::plain($this->url) . ' in a browser: a login or a proxy may stand before it',
                );
            }
            $length = $this->headers['content-length'] ?? '';
            $sink->begin(false, ctype_digit($length) ? (int) $length : null);
        } else {
            throw self::refusal($this->url, $this->status);
        }
    }

    /** What a status other than success means. */
    public static function refusal(string $url, int $status): FetchError
    {
        $host = Url::host($url);
        return match (true) {
            $status === 401 || $status === 403 => new FetchError(
                "$host refuses " . Url::name($url) . " ($status)",
                remedy: "if $host wants a login: composer config --global --auth http-basic.$host USER PASSWORD",
            ),
            $status === 407 => new FetchError('the proxy wants a login (407)', remedy: 'put it into https_proxy, as http://USER:PASSWORD@PROXY:PORT'),
            $status === 404 || $status === 410 => new FetchError("$host has no " . Url::name($url) . " ($status)"),
            $status === 408 || $status === 429 || $status >= 500 => new FetchError("$host answers with $status", again: true),
            $status >= 300 && $status < 400 => new FetchError("$host redirects too often, or to where it must not"),
            default => new FetchError("$host answers with $status"),
        };
    }
}
