<?php

declare(strict_types=1);

namespace FfiZts\Package;

/** bundles.json: the bytes of each bundle of a version. */
final class Manifest
{
    private const CHUNK = 4 << 20;

    /**
     * Of archives, which are of one version and made of one source.
     *
     * @param list<string> $archives
     * @param list<string> $urls     templates
     *
     * @return array<string, mixed>
     */
    public static function of(string $version, array $archives, array $urls): array
    {
        $bundles = [];
        $source = null;
        foreach ($archives as $archive) {
            $description = self::description($archive);
            $id = $description['id'];
            if ($description['version'] !== $version || basename($archive) !== "ffi_zts-$version-$id.tar.gz") {
                throw new Failure("$archive is bundle $id of version {$description['version']}, wanted are those of $version by their own names");
            }
            if ($description['source'] !== ($source ??= $description['source'])) {
                throw new Failure("$archive was made of another source than the bundles before it");
            }
            if (isset($bundles[$id])) {
                throw new Failure("bundle $id is there twice");
            }
            $bundles[$id] = self::pin($archive);
        }
        ksort($bundles, SORT_STRING);
        foreach ($urls as $url) {
            if (preg_match('~^(?:https://[^/]|file:///|/)\S*$~D', $url) !== 1 || !str_contains($url, '{file}')) {
                throw new Failure("$url is no template of a location: https://…/{version}/{file}, file:///…/{file}, or a path");
            }
        }
        return ['format' => 1, 'version' => $version, 'urls' => $urls, 'bundles' => (object) $bundles];
    }

    /** Refuses a directory that has not what a manifest says, byte for byte. */
    public static function verify(string $manifest, string $directory): void
    {
        $json = Files::readJson($manifest);
        foreach ($json['bundles'] as $id => $pin) {
            $path = "$directory/" . basename($pin['file']);
            if (!is_file($path)) {
                throw new Failure("{$pin['file']} is missing");
            }
            if (self::pin($path) !== $pin) {
                throw new Failure("{$pin['file']} is not the bundle $id that the manifest names");
            }
        }
    }

    /** @return array{file: string, size: int, sha256: string, chunk_size: int, chunks: list<string>} */
    private static function pin(string $archive): array
    {
        $chunks = [];
        $stream = @fopen($archive, 'r') ?: throw new Failure("cannot read $archive");
        while (($chunk = stream_get_contents($stream, self::CHUNK)) !== '' && $chunk !== false) {
            $chunks[] = hash('sha256', $chunk);
        }
        fclose($stream);
        return [
            'file' => basename($archive),
            'size' => (int) filesize($archive),
            'sha256' => Files::sha256($archive),
            'chunk_size' => self::CHUNK,
            'chunks' => $chunks,
        ];
    }

    /** @return array<string, mixed> the bundle.json of an archive */
    private static function description(string $archive): array
    {
        return Files::decode(Files::output(['tar', '-xzOf', $archive, 'bundle.json']), "$archive's bundle.json");
    }
}
