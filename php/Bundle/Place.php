<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** Where the package is: in a project's vendor directory, or on its own as a checkout. */
final class Place
{
    /** The directory of the bundles, beside that of the package: Composer replaces the package's own when it updates it. */
    public const BUNDLES = '.bundles';

    /**
     * @param string  $package directory of the package
     * @param ?string $vendor  vendor directory of the project
     * @param ?string $project directory of its composer.json
     */
    public function __construct(public readonly string $package, public readonly ?string $vendor = null, public readonly ?string $project = null)
    {
    }

    /**
     * @param string  $package  directory of the package; it may be what a link in vendor/ leads to
     * @param ?string $autoload the autoload.php that Composer's proxy in vendor/bin names
     */
    public static function find(string $package, ?string $autoload): self
    {
        $vendors = [$autoload === null ? null : dirname($autoload), dirname($package, 2)];
        foreach ($vendors as $vendor) {
            $installed = "$vendor/composer/installed.php";
            if ($vendor !== null && is_file($installed)) {
                $data = require $installed;
                $project = realpath((string) ($data['root']['install_path'] ?? ''));
                return new self($package, realpath($vendor) ?: $vendor, $project === false ? null : $project);
            }
        }
        return new self($package);
    }

    /** The directory of the bundles. */
    public function bundles(): string
    {
        return ($this->vendor === null ? dirname($this->package) : "{$this->vendor}/ffi-zts") . '/' . self::BUNDLES;
    }

    /**
     * `extra.ffi-zts` of the project's composer.json.
     *
     * @return array<mixed>
     */
    public function settings(): array
    {
        $file = $this->project === null ? null : "{$this->project}/composer.json";
        $json = $file !== null && is_file($file) ? json_decode((string) file_get_contents($file), true) : null;
        $settings = $json['extra']['ffi-zts'] ?? [];
        return is_array($settings) ? $settings : throw new InstallError(Status::Usage, "extra.ffi-zts in $file is no object");
    }
}
