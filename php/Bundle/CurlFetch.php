<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Fetches by ext-curl, which knows proxies from the environment. Redirects are followed here, so that a login stays with its host. */
final class CurlFetch implements Fetch
{
    private ?\CurlHandle $curl = null;

    /**
     * @param float $connect seconds for a connection
     * @param float $stall   seconds without a byte, after which the server counts as stalled
     */
    public function __construct(
        private readonly Credentials $credentials,
        private readonly float $connect = 15.0,
        private readonly float $stall = 30.0,
    )
    {
    }

    public function range(string $url, int $from, int $to, int $limit, Sink $sink): void
    {
        Redirects::follow($url, fn (string $url): ?string => $this->once($url, $from, $to, $sink));
    }

    /** @return ?string where the answer redirects to */
    private function once(string $url, int $from, int $to, Sink $sink): ?string
    {
        $lines = [];
        $location = null;
        $failure = null;
        $begun = false;
        $heard = microtime(true);
        $begin = static function () use (&$lines, &$location, &$begun, $url, $from, $to, $sink): void {
            $begun = true;
            $answer = Answer::fromLines($url, $lines);
            $location = $answer->location();
            if ($location === null) {
                $answer->begin($from, $to, $sink);
            }
        };
        // The handle is kept, and with it the connection.
        $curl = $this->curl ??= curl_init();
        curl_reset($curl);
        $login = $this->credentials->header($url);
        curl_setopt_array($curl, [
            CURLOPT_URL => Url::plain($url),
            CURLOPT_PROTOCOLS => CURLPROTO_HTTP | CURLPROTO_HTTPS,
            CURLOPT_USERAGENT => 'ffi-zts',
            CURLOPT_HTTPHEADER => array_values(array_filter(["Range: bytes=$from-$to", $login])),
            CURLOPT_CONNECTTIMEOUT_MS => (int) ($this->connect * 1000),
            // Curl's own limit of speed is an average of several seconds.
            CURLOPT_NOPROGRESS => false,
            CURLOPT_XFERINFOFUNCTION => function () use (&$heard): int {
                return (int) (microtime(true) - $heard > $this->stall);
            },
            CURLOPT_NOSIGNAL => true,
            CURLOPT_HEADERFUNCTION => static function ($curl, string $line) use (&$lines, &$heard): int {
                $heard = microtime(true);
                $text = rtrim($line, "\r\n");
                // 100 Continue, or a proxy's answer to CONNECT, comes before the head that counts.
                $lines = str_starts_with($text, 'HTTP/') ? [$text] : ($text === '' ? $lines : [...$lines, $text]);
                return strlen($line);
            },
            CURLOPT_WRITEFUNCTION => static function ($curl, string $bytes) use (&$failure, &$begun, &$location, &$heard, $begin, $sink): int {
                $heard = microtime(true);
                try {
                    $begun || $begin();
                    if ($location !== null) {
                        return 0;
                    }
                    $sink->write($bytes);
                    return strlen($bytes);
                } catch (\Throwable $error) {
                    $failure = $error;
                    return 0;
                }
            },
        ]);
        $done = curl_exec($curl);
        if ($failure !== null) {
            throw $failure;
        }
        if ($location !== null) {
            return $location;
        }
        if ($done === false && curl_errno($curl) === CURLE_ABORTED_BY_CALLBACK) {
            throw new FetchError(Url::host($url) . " sent nothing for {$this->stall} s", again: true);
        }
        if ($done === false) {
            throw new FetchError(
                Url::host($url) . ': ' . lcfirst(curl_error($curl)),
                again: !in_array(curl_errno($curl), [CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT], true),
            );
        }
        $begun || $begin();
        return $location;
    }
}
