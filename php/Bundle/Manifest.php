<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** resources/bundles.json: which bundles belong to a version of the package, their bytes, and where they are. */
final class Manifest
{
    public const FORMAT = 1;
    public const FILE = 'bundles.json';

    /** The largest archive that a manifest may name. */
    public const MAX_SIZE = 256 << 20;

    private const VERSION = '/^\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?$/D';
    private const NAME = '/^[A-Za-z0-9][A-Za-z0-9._+-]*$/D';

    /**
     * @param list<string>       $urls templates
     * @param array<string, Pin> $pins by id
     */
    private function __construct(public readonly string $version, public readonly array $urls, public readonly array $pins)
    {
    }

    /** @return ?self null for a package from a branch, which has none */
    public static function ofPackage(string $package): ?self
    {
        $path = "$package/resources/" . self::FILE;
        if (!is_file($path)) {
            return null;
        }
        $json = @file_get_contents($path);
        if ($json === false) {
            throw new InstallError(Status::Internal, "cannot read $path: " . Disk::lastError());
        }
        return self::parse($json, $path);
    }

    /** @throws InstallError for anything that is not as the format wants it */
    public static function parse(string $json, string $file): self
    {
        $root = JsonObject::parse($json, $file);
        $format = $root->integer('format', 1, PHP_INT_MAX);
        if ($format !== self::FORMAT) {
            throw InstallError::verification(
                "$file has format $format, this ffi_zts reads format " . self::FORMAT,
                'update the package ffi-zts/ffi-zts',
            );
        }
        $version = $root->string('version', self::VERSION);
        $urls = $root->strings('urls', '~^(?:https://[^/]|file:///|/)\S*$~D');
        $pins = [];
        $bundles = $root->object('bundles');
        foreach ($bundles->names() as $id) {
            if (preg_match(self::NAME, $id) !== 1) {
                throw InstallError::verification("$file: '$id' is no id of a bundle");
            }
            $pins[$id] = self::pin($id, $bundles->object($id), $file);
        }
        return new self($version, $urls, $pins);
    }

    private static function pin(string $id, JsonObject $json, string $file): Pin
    {
        $pin = new Pin(
            $id,
            $json->string('file', self::NAME),
            $json->integer('size', 1, self::MAX_SIZE),
            $json->sha256('sha256'),
            $json->integer('chunk_size', 1 << 10, 64 << 20),
            $json->strings('chunks', '/^[0-9a-f]{64}$/D'),
        );
        $wanted = intdiv($pin->size + $pin->chunkSize - 1, $pin->chunkSize);
        if (count($pin->chunks) !== $wanted) {
            throw InstallError::verification("$file: bundles.$id has " . count($pin->chunks) . " chunks, its size makes $wanted");
        }
        return $pin;
    }

    /** @return list<string> where an archive is to be had */
    public function urls(Pin $pin): array
    {
        return array_map(fn (string $template): string => Url::expand($template, $this->version, $pin->file), $this->urls);
    }

    /**
     * The pin for a target.
     *
     * @throws InstallError that says what there is instead
     */
    public function pinFor(Target $target): Pin
    {
        $id = $target->id();
        if (isset($this->pins[$id])) {
            return $this->pins[$id];
        }
        $others = preg_grep('/-' . preg_quote("linux-$target->arch-$target->libc", '/') . '$/D', array_keys($this->pins));
        [$reason, $text] = $others === []
            ? [Reason::Arch, "version {$this->version} has no bundle for $target->arch with $target->libc"]
            : [Reason::NoBundle, "version {$this->version} has no bundle $id"];
        throw InstallError::unsupported(
            $reason,
            $text . ($this->pins === [] ? '' : '; it has ' . implode(', ', array_keys($this->pins))),
            'build it here: ffi-zts install --build',
        );
    }
}
