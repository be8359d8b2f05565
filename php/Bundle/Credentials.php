<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Logins as Composer keeps them: http-basic and bearer, in COMPOSER_AUTH and the files auth.json. */
final class Credentials
{
    /** @param array<string, string> $headers value of Authorization, by host */
    public function __construct(private readonly array $headers = [])
    {
    }

    /**
     * The first that names a host counts, as with Composer: the environment, then the project, then the user.
     *
     * @param list<string> $files auth.json, the nearest first; they need not exist
     */
    public static function find(?string $variable, array $files): self
    {
        $texts = $variable === null || $variable === '' ? [] : ['COMPOSER_AUTH' => $variable];
        foreach ($files as $file) {
            if (is_file($file) && is_readable($file)) {
                $texts[$file] = (string) file_get_contents($file);
            }
        }
        $headers = [];
        foreach ($texts as $source => $text) {
            $json = json_decode($text, true);
            if (!is_array($json)) {
                throw new InstallError(Status::Usage, "$source is no JSON: " . json_last_error_msg());
            }
            foreach ((array) ($json['http-basic'] ?? []) as $host => $login) {
                if (is_array($login) && is_string($login['username'] ?? null) && is_string($login['password'] ?? null)) {
                    $headers[$host] ??= 'Basic ' . base64_encode("{$login['username']}:{$login['password']}");
                }
            }
            foreach ((array) ($json['bearer'] ?? []) as $host => $token) {
                if (is_string($token)) {
                    $headers[$host] ??= "Bearer $token";
                }
            }
        }
        return new self($headers);
    }

    /** The header for an address; null where there is no login for its host. */
    public function header(string $url): ?string
    {
        $parts = parse_url($url);
        if (isset($parts['user'])) {
            return 'Authorization: Basic ' . base64_encode(rawurldecode($parts['user']) . ':' . rawurldecode($parts['pass'] ?? ''));
        }
        $value = $this->headers[Url::host($url)] ?? null;
        return $value === null ? null : "Authorization: $value";
    }
}
