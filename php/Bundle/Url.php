<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** What has to be known of addresses. */
final class Url
{
    public static function isWeb(string $url): bool
    {
        return preg_match('~^https?://~i', $url) === 1;
    }

    /** The path of a local address, `file:///x` or `/x`. */
    public static function path(string $url): string
    {
        return str_starts_with($url, 'file://') ? rawurldecode(substr($url, 7)) : $url;
    }

    /** An address without name and password, for messages. */
    public static function plain(string $url): string
    {
        return (string) preg_replace('~^(https?://)[^/@]*@~i', '$1', $url);
    }

    /** Host and, where there is one, port: what a login is kept for. */
    public static function host(string $url): string
    {
        $parts = parse_url($url);
        return ($parts['host'] ?? '') . (isset($parts['port']) ? ":{$parts['port']}" : '');
    }

    /** The address of the file beside it whose name is longer by that; what a query asks for stays. */
    public static function beside(string $url, string $suffix): string
    {
        return (string) preg_replace('~(?=[?#]|$)~D', $suffix, $url, 1);
    }

    public static function name(string $url): string
    {
        return basename(rawurldecode((string) parse_url($url, PHP_URL_PATH)));
    }

    /** The address of a file: a template's `{version}` and `{file}` are filled in, a directory gets the file's name. */
    public static function expand(string $template, string $version, string $file): string
    {
        $url = strtr($template, ['{version}' => $version, '{file}' => $file]);
        return str_contains($template, '{file}') ? $url : rtrim($url, '/') . "/$file";
    }

    /** Where a redirect leads; null where it leads nowhere, or from https to http. */
    public static function redirect(string $from, string $location): ?string
    {
        $base = parse_url($from);
        if ($location === '' || !is_array($base) || !isset($base['scheme'], $base['host'])) {
            return null;
        }
        $origin = "{$base['scheme']}://{$base['host']}" . (isset($base['port']) ? ":{$base['port']}" : '');
        $to = match (true) {
            preg_match('~^[a-z][a-z0-9+.-]*:~i', $location) === 1 => $location,
            str_starts_with($location, '//') => "{$base['scheme']}:$location",
            str_starts_with($location, '/') => $origin . $location,
            default => $origin . preg_replace('~[^/]*$~D', '', $base['path'] ?? '/') . $location,
        };
        $secure = strcasecmp($base['scheme'], 'https') === 0;
        return preg_match($secure ? '~^https://~i' : '~^https?://~i', $to) === 1 ? $to : null;
    }
}
