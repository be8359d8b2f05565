<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Command\EnvCommand;
use PHPUnit\Framework\TestCase;

/** `ffi-zts env`: what it prints is what each place reads, and PHP loads the extension by it. */
final class EnvTest extends TestCase
{
    use TemporaryDirectory;

    /** @dataProvider presentValues */
    public function testWhatTheVariableIsSetToStays(string|false $present, string $expected): void
    {
        self::assertSame($expected, EnvCommand::value($present, '/v/ini'));
        self::assertSame($expected, EnvCommand::value($expected, '/v/ini'), 'once is enough');
    }

    /** @return iterable<string, array{string|false, string}> */
    public static function presentValues(): iterable
    {
        yield 'unset: the directory that PHP was built with' => [false, ':/v/ini'];
        yield 'empty: none' => ['', '/v/ini'];
        yield 'one' => ['/a', '/a:/v/ini'];
        yield 'several' => ['/a::/b', '/a::/b:/v/ini'];
    }

    public function testForms(): void
    {
        $value = ':/my "ini"/100%';
        self::assertSame("PHP_INI_SCAN_DIR=$value\n", EnvCommand::form(null, $value));
        self::assertSame("PHP_INI_SCAN_DIR=$value\n", EnvCommand::form('cron', $value));
        self::assertSame("export PHP_INI_SCAN_DIR=':/my \"ini\"/100%'\n", EnvCommand::form('shell', $value));
        self::assertSame("[Service]\nEnvironment=\"PHP_INI_SCAN_DIR=:/my \\\"ini\\\"/100%%\"\n", EnvCommand::form('systemd', $value));
        self::assertSame('# systemctl edit php' . Project::minor() . "-fpm, then restart it\n" . EnvCommand::form('systemd', $value),
            EnvCommand::form('fpm', $value));
        self::assertSame("ENV PHP_INI_SCAN_DIR=\":/my \\\"ini\\\"/100%\"\n", EnvCommand::form('docker', $value));
    }

    public function testPhpLoadsTheExtensionByIt(): void
    {
        if (!Project::isBuilt()) {
            self::markTestSkipped('the extension or its runtime has not been built');
        }
        $project = new Project($this->directory() . '/a project', false);
        $project->unpack();
        $tree = IniTree::plain($this->directory() . '/root');
        file_put_contents("$tree->scan/site.ini", "precision=5\n");
        $code = 'php -r \'echo (int) extension_loaded("ffi_zts"), ini_get("precision");\'';
        foreach ([
            'export "$(vendor/bin/ffi-zts env)"; ' . $code,
            'env "$(vendor/bin/ffi-zts env)" ' . $code,
            'eval "$(vendor/bin/ffi-zts env --for=shell)"; ' . $code,
            'export "$(vendor/bin/ffi-zts env)"; export "$(vendor/bin/ffi-zts env)"; ' . $code,
        ] as $command) {
            $run = Process::run(['sh', '-c', $command], '', $tree->environment + ['FFI_ZTS_EXTENSION' => null], $project->directory);
            self::assertSame(['15', '', 0], [$run->output, $run->errors, $run->status], $command);
        }
        // It is no directory for `enable`.
        $enabled = Process::run(['sh', '-c', 'export "$(vendor/bin/ffi-zts env)"; vendor/bin/ffi-zts enable --dry-run'], '', $tree->environment,
            $project->directory);
        self::assertStringStartsWith("Would write $tree->scan/30-ffi_zts.ini:", $enabled->output);

        $json = json_decode($project->run(['env', '--json'], $tree->environment)->output, true);
        $directory = $project->bundles() . '/ini/' . Project::minor();
        self::assertSame(['PHP_INI_SCAN_DIR' => "$tree->scan:$directory", 'directory' => $directory, 'extension' => $project->extension()], $json);

        // What others put in its place is replaced, and another version is found by the same line.
        file_put_contents("$directory/30-ffi_zts.ini", "extension=/gone.so\n");
        $project->unpack(['version' => '0.1.1'], 'fedcba987654');
        self::assertSame(0, $project->run(['env'], $tree->environment)->status);
        $run = Process::run(['php', '-r', 'echo (int) extension_loaded("ffi_zts");'], '', ['PHP_INI_SCAN_DIR' => $directory]);
        self::assertSame(['1', ''], [$run->output, $run->errors]);
    }

    public function testADirectoryThatTheVariableCannotHold(): void
    {
        $project = new Project($this->directory() . '/a:b', false);
        mkdir($place = $project->bundles() . '/' . Project::id() . '@0', 0755, true);
        touch("$place/ffi_zts.so");
        symlink(basename($place), $project->bundles() . '/' . Project::id());
        $refused = $project->run(['env']);
        self::assertSame([78, ''], [$refused->status, $refused->output]);
        self::assertSame("ffi-zts: {$project->bundles()}/ini/" . Project::minor()
            . " has a colon in it, which separates directories in PHP_INI_SCAN_DIR\n", $refused->errors);
    }

    public function testWithoutAnExtension(): void
    {
        $project = new Project($this->directory() . '/project', false);
        $refused = $project->run(['env']);
        self::assertSame([78, ''], [$refused->status, $refused->output]);
        self::assertStringStartsWith('ffi-zts: ffi_zts.so was not found (looked for ', $refused->errors);
        self::assertDirectoryDoesNotExist($project->bundles());
    }
}
