<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

/** Makes small bundles whose files are no libraries, and manifests for them; a test changes what it is about. */
final class BundleMaker
{
    public const ID = 'host8.2-guest8.2-linux-x86_64-glibc';

    /** @var array<string, string> by path */
    public array $files = [
        'LICENSES/ffi_zts.txt' => 'MIT',
        'ffi_zts.so' => 'host half',
        'runtime/ext/curl.so' => 'curl',
        'runtime/ffi_zts_guest.so' => 'guest half',
        'runtime/libphp.so' => 'the engine',
        'runtime/runtime.json' => '{}',
    ];

    /** @var array<string, mixed> what differs in bundle.json */
    public array $changes = [];

    public function __construct(public string $version = '0.1.0', public string $id = self::ID)
    {
        $this->files['ffi_zts.so'] .= " $version";
    }

    /** @return array<string, mixed> */
    public function json(): array
    {
        preg_match('/^host([\d.]+)-guest([\d.]+)-linux-(.+)-(\w+)$/D', $this->id, $match);
        $files = [];
        foreach ($this->files as $path => $content) {
            $files[$path] = ['sha256' => hash('sha256', $content), 'size' => strlen($content), 'mode' => '0644'];
        }
        return array_replace_recursive([
            'format' => 1, 'id' => $this->id, 'version' => $this->version,
            'host' => ['minor' => $match[1], 'zend_module_api' => 20220829, 'zts' => false, 'debug' => false],
            'guest' => ['minor' => $match[2], 'version' => "{$match[2]}.32", 'zend_module_api' => 20220829],
            'arch' => $match[3], 'libc' => $match[4], 'floors' => ['glibc' => '2.17'],
            'sonames' => ['libc.so.6' => ['packages' => ['libc6'], 'needed_by' => ['ffi_zts.so']]],
            'files' => $files, 'source' => str_repeat('0', 64),
        ], $this->changes);
    }

    public function tar(): Tar
    {
        $tar = (new Tar())->add('bundle.json', (string) json_encode($this->json()));
        foreach ($this->files as $path => $content) {
            $tar->add($path, $content);
        }
        return $tar;
    }

    public function name(): string
    {
        return "ffi_zts-{$this->version}-{$this->id}.tar.gz";
    }

    /** @return string the archive's path */
    public function write(string $directory): string
    {
        return $this->tar()->write("$directory/{$this->name()}");
    }

    /**
     * The manifest of archives.
     *
     * @param list<string> $urls
     * @param list<string> $archives
     *
     * @return array<string, mixed>
     */
    public static function manifest(array $urls, array $archives, string $version = '0.1.0', int $chunk = 1024): array
    {
        $bundles = [];
        foreach ($archives as $path) {
            preg_match('/ffi_zts-[^-]+-(host.+)\.tar\.gz$/D', $path, $match);
            $bytes = (string) file_get_contents($path);
            $bundles[$match[1]] = [
                'file' => basename($path), 'size' => strlen($bytes), 'sha256' => hash('sha256', $bytes), 'chunk_size' => $chunk,
                'chunks' => array_map(static fn (string $piece): string => hash('sha256', $piece), str_split($bytes, $chunk)),
            ];
        }
        return ['format' => 1, 'version' => $version, 'urls' => $urls, 'bundles' => $bundles];
    }

    /** A package directory with that manifest. @param array<string, mixed> $manifest */
    public static function package(string $directory, array $manifest): string
    {
        is_dir("$directory/resources/keys") || mkdir("$directory/resources/keys", 0755, true);
        file_put_contents("$directory/resources/bundles.json", json_encode($manifest, JSON_UNESCAPED_SLASHES));
        return $directory;
    }
}
