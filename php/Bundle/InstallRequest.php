<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** What is to be installed, and where. */
final class InstallRequest
{
    /**
     * @param list<string>          $targets     ids or minors; none: that of this host, and those of `extra.ffi-zts.targets`
     * @param ?string               $from        a bundle's file, a directory or a URL of bundles; null: what the package pins
     * @param bool                  $build       builds with make in place of installing a bundle
     * @param bool                  $runtimeOnly the runtime alone, for a ffi_zts.so that is there, as PIE installs it
     * @param ?string               $dir         another directory than that beside the package
     * @param array<mixed>          $settings    `extra.ffi-zts` of the project
     * @param array<string, string> $environment
     * @param ?string               $cache       Composer's cache directory
     */
    public function __construct(
        public readonly Place $place,
        public readonly array $targets = [],
        public readonly ?string $from = null,
        public readonly bool $build = false,
        public readonly bool $runtimeOnly = false,
        public readonly ?string $dir = null,
        public readonly array $settings = [],
        public readonly array $environment = [],
        public readonly ?string $cache = null,
    ) {
        if ($build && ($from !== null || $targets !== [] || $runtimeOnly || $dir !== null)) {
            throw new InstallError(Status::Usage, '--build takes no other option: it runs make in the package, for this host');
        }
        if ($runtimeOnly && $targets !== []) {
            throw new InstallError(Status::Usage, '--runtime-only takes no --target: the runtime is for the ffi_zts.so of this host');
        }
        if (!is_bool($settings['install'] ?? true)) {
            throw new InstallError(Status::Usage, 'extra.ffi-zts.install in composer.json is neither true nor false');
        }
        $named = $settings['targets'] ?? [];
        if (!is_array($named) || array_filter($named, is_string(...)) !== $named) {
            throw new InstallError(Status::Usage, 'extra.ffi-zts.targets in composer.json is no list of strings');
        }
    }

    /**
     * Reads the arguments of `ffi-zts install`.
     *
     * @param list<string> $arguments
     *
     * @throws InstallError
     */
    public static function fromArguments(array $arguments, Place $place): self
    {
        $options = ['targets' => [], 'from' => null, 'build' => false, 'runtime-only' => false, 'dir' => null];
        while ($arguments !== []) {
            $argument = array_shift($arguments);
            [$name, $value] = explode('=', $argument, 2) + [1 => null];
            switch ($name) {
                case '--build':
                case '--runtime-only':
                    $options[substr($name, 2)] = $value === null ?: throw new InstallError(Status::Usage, "$name takes no value");
                    break;
                case '--from':
                case '--dir':
                case '--target':
                    $value ??= array_shift($arguments);
                    if ($value === null || $value === '') {
                        throw new InstallError(Status::Usage, "$name needs a value");
                    }
                    if ($name === '--target') {
                        $options['targets'][] = $value;
                    } else {
                        $options[substr($name, 2)] = $value;
                    }
                    break;
                default:
                    throw new InstallError(Status::Usage, "install takes no '$argument'");
            }
        }
        return self::ofProcess($place, $options['targets'], $options['from'], $options['build'], $options['runtime-only'], $options['dir']);
    }

    /**
     * With the settings of the project, and the environment and the cache of this process.
     *
     * @param list<string> $targets
     *
     * @throws InstallError
     */
    public static function ofProcess(
        Place $place,
        array $targets = [],
        ?string $from = null,
        bool $build = false,
        bool $runtimeOnly = false,
        ?string $dir = null,
    ): self {
        $cache = (new ComposerHome(getenv()))->cache();
        // What is printed, and what an ini file names, must hold in other directories.
        $dir = $dir === null || str_starts_with($dir, '/') ? $dir : getcwd() . "/$dir";
        return new self($place, $targets, $from, $build, $runtimeOnly, $dir, $place->settings(), getenv(), $cache);
    }

    /** Why nothing is to be done; null where something is. */
    public function skipped(): ?string
    {
        $variable = $this->environment['FFI_ZTS_SKIP'] ?? '';
        if ($variable !== '' && $variable !== '0') {
            return "skipped, since FFI_ZTS_SKIP=$variable is set";
        }
        if ($variable === '' && ($this->settings['install'] ?? true) === false) {
            return 'skipped, since extra.ffi-zts.install in composer.json is false (FFI_ZTS_SKIP=0 installs all the same)';
        }
        return null;
    }

    /**
     * @return list<Target>
     *
     * @throws InstallError
     */
    public function targets(Host $host): array
    {
        $parse = static fn (string $text): Target => Target::parse($text, $host);
        if ($this->targets !== []) {
            return array_map($parse, $this->targets);
        }
        $targets = [$host->target(), ...array_map($parse, array_values($this->settings['targets'] ?? []))];
        $byId = [];
        foreach ($this->runtimeOnly || $this->from !== null ? [$targets[0]] : $targets as $target) {
            $byId[$target->id()] ??= $target;
        }
        return array_values($byId);
    }

    public function networkIsDisabled(): bool
    {
        $variable = $this->environment['COMPOSER_DISABLE_NETWORK'] ?? '';
        return $variable !== '' && $variable !== '0';
    }

    public function mirror(): ?string
    {
        $mirror = $this->environment['FFI_ZTS_MIRROR'] ?? '';
        return $mirror === '' ? null : $mirror;
    }

    /** Logins for servers, as Composer has them. */
    public function credentials(): Credentials
    {
        $home = (new ComposerHome($this->environment))->directory();
        $files = [$this->place->project === null ? null : "{$this->place->project}/auth.json", $home === null ? null : "$home/auth.json"];
        return Credentials::find($this->environment['COMPOSER_AUTH'] ?? null, array_values(array_filter($files)));
    }
}
