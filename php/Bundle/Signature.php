<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/**
 * A signature of minisign (https://jedisct1.github.io/minisign/): of the file, and of that signature with the trusted comment.
 *
 * The algorithm `ED` signs the BLAKE2b-512 of the file, `Ed` the file itself.
 */
final class Signature
{
    /** A signature is a few hundred bytes; more is none. */
    public const MAX_SIZE = 4096;

    private const HASHED = 'ED';
    private const PLAIN = 'Ed';
    private const TRUSTED = 'trusted comment: ';

    private function __construct(
        private readonly string $file,
        private readonly string $algorithm,
        private readonly string $keyId,
        private readonly string $signature,
        private readonly string $comment,
        private readonly string $global,
    ) {
    }

    /**
     * @param string $file what the text is called in messages
     *
     * @throws InstallError
     */
    public static function parse(string $text, string $file): self
    {
        $lines = explode("\n", rtrim($text, "\n"));
        $bytes = base64_decode($lines[1] ?? '', true);
        $global = base64_decode($lines[3] ?? '', true);
        $fits = strlen($text) <= self::MAX_SIZE && count($lines) === 4 && str_starts_with($lines[0], 'untrusted comment:')
            && str_starts_with($lines[2], self::TRUSTED) && $bytes !== false && strlen($bytes) === 74 && $global !== false && strlen($global) === 64;
        if (!$fits) {
            throw InstallError::verification("$file is no signature of minisign");
        }
        return new self($file, substr($bytes, 0, 2), substr($bytes, 2, 8), substr($bytes, 10), substr($lines[2], strlen(self::TRUSTED)), $global);
    }

    /** Whether this PHP can verify signatures at all. */
    public static function verifiable(): bool
    {
        return function_exists('sodium_crypto_sign_verify_detached') && function_exists('sodium_crypto_generichash_init');
    }

    /**
     * Verifies that one of the keys signed the bytes, and signed them as that file of that version.
     *
     * @param string          $path    the signed file
     * @param string          $name    the name that the trusted comment has to give
     * @param string          $version the version that it has to give
     * @param list<PublicKey> $keys
     *
     * @throws InstallError
     */
    public function verify(string $path, string $name, string $version, array $keys): void
    {
        if (!self::verifiable()) {
            throw InstallError::verification(
                "cannot verify {$this->file}: this PHP has no ext-sodium",
                'install ext-sodium, or download the bundle yourself and give it to ffi-zts install --from FILE',
            );
        }
        $key = $this->key($keys);
        $message = match ($this->algorithm) {
            self::HASHED => self::hash($path),
            self::PLAIN => (string) file_get_contents($path),
            default => throw InstallError::verification("{$this->file} is of an algorithm that minisign does not have"),
        };
        if (!sodium_crypto_sign_verify_detached($this->signature, $message, $key->bytes)) {
            throw InstallError::verification("$name is not what {$this->file} signs");
        }
        if (!sodium_crypto_sign_verify_detached($this->global, $this->signature . $this->comment, $key->bytes)) {
            throw InstallError::verification("the trusted comment of {$this->file} was changed: its signature does not fit");
        }
        $this->checkComment($name, $version);
    }

    /** @param list<PublicKey> $keys */
    private function key(array $keys): PublicKey
    {
        foreach ($keys as $key) {
            if (hash_equals($key->id, $this->keyId)) {
                return $key;
            }
        }
        // The id is written as minisign prints it: a number whose lowest byte comes first, without leading zeros.
        $id = ltrim(strtoupper(bin2hex(strrev($this->keyId))), '0') ?: '0';
        throw InstallError::verification(
            $keys === []
                ? "cannot verify {$this->file}: this package has no public key"
                : "{$this->file} was made with the key $id, which is none of this package's",
            'update the package ffi-zts/ffi-zts: keys come with it',
        );
    }

    /** An old file with its old signature must not pass for a new one, nor one file for another. */
    private function checkComment(string $name, string $version): void
    {
        $told = ['file' => [], 'version' => []];
        foreach (preg_split('/[ \t]+/', $this->comment) ?: [] as $word) {
            [$key, $value] = explode(':', $word, 2) + [1 => ''];
            if (isset($told[$key])) {
                $told[$key][] = $value;
            }
        }
        foreach (['file' => $name, 'version' => $version] as $key => $wanted) {
            if ($told[$key] !== [$wanted]) {
                $is = $told[$key] === [] ? 'none' : implode(' and ', $told[$key]);
                throw InstallError::verification("{$this->file} is not for this: it names $key $is, wanted is $wanted");
            }
        }
    }

    private static function hash(string $path): string
    {
        $state = sodium_crypto_generichash_init('', 64);
        $file = fopen($path, 'rb') ?: throw new InstallError(Status::Internal, "cannot read $path");
        while (!feof($file)) {
            $bytes = (string) fread($file, 1 << 16);
            if ($bytes !== '') {
                sodium_crypto_generichash_update($state, $bytes);
            }
        }
        fclose($file);
        return sodium_crypto_generichash_final($state, 64);
    }
}
