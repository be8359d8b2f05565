<?php

declare(strict_types=1);

namespace FfiZts\Tests;

/** A project as Composer leaves it, with this package in vendor/, and a bundle made of what is built here. */
final class Project
{
    public const ID = 'host%1$s-guest%1$s-linux-%2$s-glibc';

    private const CONSOLE = '/usr/share/php/Symfony/Component/Console/autoload.php';

    /** @param bool $console with symfony/console, of the system's packages */
    public function __construct(public readonly string $directory, bool $console = true)
    {
        mkdir("$directory/vendor/bin", 0755, true);
        mkdir("$directory/vendor/ffi-zts/ffi-zts", 0755, true);
        Process::run(['cp', '-a', Process::root() . '/php', Process::root() . '/composer.json', "$directory/vendor/ffi-zts/ffi-zts"]);
        file_put_contents("$directory/vendor/autoload.php", '<?php' . ($console ? ' require ' . var_export(self::CONSOLE, true) . ';' : '') . "\n");
        // As Composer writes them (Composer\Installer\BinaryInstaller).
        file_put_contents("$directory/vendor/bin/ffi-zts", <<<'PHP'
            #!/usr/bin/env php
            <?php
            namespace Composer;
            $GLOBALS['_composer_bin_dir'] = __DIR__;
            $GLOBALS['_composer_autoload_path'] = __DIR__ . '/..'.'/autoload.php';
            return include __DIR__ . '/..'.'/ffi-zts/ffi-zts/php/bin/ffi-zts';

            PHP);
        chmod("$directory/vendor/bin/ffi-zts", 0755);
    }

    public static function hasConsole(): bool
    {
        return is_file(self::CONSOLE);
    }

    public static function isBuilt(): bool
    {
        return is_file(Process::extension()) && is_file(Process::root() . '/build/runtime/libphp.so');
    }

    public static function minor(): string
    {
        return PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION;
    }

    public static function id(?string $minor = null): string
    {
        return sprintf(self::ID, $minor ?? self::minor(), php_uname('m'));
    }

    public function bundles(): string
    {
        return "$this->directory/vendor/ffi-zts/.bundles";
    }

    /** The bundle's ffi_zts.so, by the link that stays. */
    public function extension(): string
    {
        return $this->bundles() . '/' . self::id() . '/ffi_zts.so';
    }

    /**
     * Unpacks a bundle, as `install` would.
     *
     * @param array<string, mixed> $changes to its bundle.json
     */
    public function unpack(array $changes = [], string $hash = '0123456789ab', ?string $minor = null): void
    {
        $id = self::id($minor);
        $place = $this->bundles() . "/$id@$hash";
        mkdir("$place/runtime/ext", 0755, true);
        $built = Process::root() . '/build';
        copy(Process::extension(), "$place/ffi_zts.so");
        foreach (['libphp.so', 'ffi_zts_guest.so', 'runtime.json'] as $name) {
            copy("$built/runtime/$name", "$place/runtime/$name");
        }
        foreach (glob("$built/runtime/ext/*.so") ?: [] as $file) {
            copy($file, "$place/runtime/ext/" . basename($file));
        }
        Process::run(['chmod', '-R', 'u=rwX,go=rX', $this->bundles()]);
        $this->describe($place, $id, $changes);
        @unlink($this->bundles() . "/$id");
        symlink("$id@$hash", $this->bundles() . "/$id");
    }

    /** @param array<string, mixed> $changes */
    private function describe(string $place, string $id, array $changes): void
    {
        $files = [];
        foreach (['ffi_zts.so', 'runtime/libphp.so', 'runtime/ffi_zts_guest.so', 'runtime/runtime.json', 'runtime/ext/*.so'] as $pattern) {
            foreach (glob("$place/$pattern") ?: [] as $file) {
                $files[substr($file, strlen($place) + 1)] = ['sha256' => hash_file('sha256', $file), 'size' => filesize($file), 'mode' => '0644'];
            }
        }
        $runtime = json_decode((string) file_get_contents("$place/runtime/runtime.json"), true);
        file_put_contents("$place/bundle.json", json_encode(array_replace_recursive([
            'format' => 1,
            'id' => $id,
            'version' => '0.1.0',
            'host' => ['minor' => self::minor(), 'zend_module_api' => self::api(), 'zts' => false, 'debug' => false],
            'guest' => ['minor' => $runtime['minor'], 'version' => $runtime['php_version'], 'zend_module_api' => $runtime['zend_module_api']],
            'arch' => php_uname('m'),
            'libc' => 'glibc',
            'floors' => ['glibc' => '2.17'],
            'sonames' => [],
            'files' => $files,
            'source' => '',
        ], $changes), JSON_THROW_ON_ERROR));
    }

    private static function api(): int
    {
        ob_start();
        phpinfo(INFO_GENERAL);
        preg_match('/^PHP Extension => (\d+)$/m', (string) ob_get_clean(), $match);
        return (int) $match[1];
    }

    /**
     * Runs vendor/bin/ffi-zts by a PHP that has not loaded the extension, from the project's directory. Without a
     * PHP_INI_SCAN_DIR of the test's no directory is scanned: the system's own is not for tests to write.
     *
     * @param list<string>           $arguments
     * @param array<string, ?string> $environment
     * @param list<string>           $php         options of the host's php
     */
    public function run(array $arguments, array $environment = [], array $php = [], string $input = ''): Process
    {
        return Process::run([PHP_BINARY, ...$php, 'vendor/bin/ffi-zts', ...$arguments], $input,
            $environment + ['FFI_ZTS_EXTENSION' => null, 'PHP_INI_SCAN_DIR' => '/nonexistent'], $this->directory);
    }
}
