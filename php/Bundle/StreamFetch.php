<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Fetches by PHP's own streams, where there is no ext-curl. */
final class StreamFetch implements Fetch
{
    /**
     * @param array<string, string> $environment for the proxies: https_proxy, http_proxy, no_proxy
     * @param float                 $stall       seconds without a byte, after which the server counts as stalled
     */
    public function __construct(
        private readonly Credentials $credentials,
        private readonly array $environment = [],
        private readonly float $stall = 30.0,
    ) {
    }

    public function range(string $url, int $from, int $to, int $limit, Sink $sink): void
    {
        Redirects::follow($url, fn (string $url): ?string => $this->once($url, $from, $to, $sink));
    }

    /** @return ?string where the answer redirects to */
    private function once(string $url, int $from, int $to, Sink $sink): ?string
    {
        $scheme = strtolower((string) parse_url($url, PHP_URL_SCHEME));
        if (!in_array($scheme, stream_get_wrappers(), true)) {
            throw new FetchError(
                "this PHP fetches no $scheme, it has neither ext-curl nor ext-openssl",
                remedy: 'download the bundle by other means, and give it to ffi-zts install --from FILE',
            );
        }
        error_clear_last();
        $stream = @fopen(Url::plain($url), 'rb', false, $this->context($url, $scheme, $from, $to));
        if ($stream === false) {
            throw new FetchError(Url::host($url) . ': ' . lcfirst(Disk::lastError()), again: true);
        }
        try {
            $answer = Answer::fromLines($url, array_values(stream_get_meta_data($stream)['wrapper_data'] ?? []));
            $location = $answer->location();
            if ($location === null) {
                $answer->begin($from, $to, $sink);
                $this->read($stream, $url, $sink);
            }
            return $location;
        } finally {
            fclose($stream);
        }
    }

    /** @param resource $stream */
    private function read($stream, string $url, Sink $sink): void
    {
        while (!feof($stream)) {
            $bytes = @fread($stream, 1 << 16);
            if (stream_get_meta_data($stream)['timed_out']) {
                throw new FetchError(Url::host($url) . " sent nothing for {$this->stall} s", again: true);
            }
            if ($bytes === false) {
                throw new FetchError(Url::host($url) . ': ' . Disk::lastError(), again: true);
            }
            if ($bytes !== '') {
                $sink->write($bytes);
            }
        }
    }

    /** @return resource */
    private function context(string $url, string $scheme, int $from, int $to)
    {
        $http = [
            'header' => array_values(array_filter(["Range: bytes=$from-$to", $this->credentials->header($url)])),
            'user_agent' => 'ffi-zts',
            'follow_location' => 0,
            'ignore_errors' => true,
            'timeout' => $this->stall,
        ];
        $proxy = $this->proxy($scheme, (string) parse_url($url, PHP_URL_HOST));
        if ($proxy !== null) {
            $parts = parse_url(str_contains($proxy, '://') ? $proxy : "http://$proxy");
            $http['proxy'] = sprintf('tcp://%s:%d', $parts['host'] ?? '', $parts['port'] ?? 80);
            $http['request_fulluri'] = $scheme === 'http';
            if (isset($parts['user'])) {
                $login = rawurldecode($parts['user']) . ':' . rawurldecode($parts['pass'] ?? '');
                $http['header'][] = 'Proxy-Authorization: Basic ' . base64_encode($login);
            }
        }
        return stream_context_create(['http' => $http]);
    }

    /** The proxy for a host, by the variables that curl reads. */
    private function proxy(string $scheme, string $host): ?string
    {
        // HTTP_PROXY in capitals is what a web server makes of a request's header.
        $proxy = $this->environment["{$scheme}_proxy"] ?? ($scheme === 'https' ? $this->environment['HTTPS_PROXY'] ?? '' : '');
        $without = $this->environment['no_proxy'] ?? $this->environment['NO_PROXY'] ?? '';
        foreach (preg_split('/[\s,]+/', strtolower($without), -1, PREG_SPLIT_NO_EMPTY) ?: [] as $name) {
            $name = ltrim($name, '.');
            if ($name === '*' || $name === strtolower($host) || str_ends_with(strtolower($host), ".$name")) {
                return null;
            }
        }
        return $proxy === '' ? null : $proxy;
    }
}
