<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Install\ExtensionFile;
use FfiZts\Install\IniFile;
use FfiZts\Install\NotLoaded;
use FfiZts\Install\PhpIni;
use PHPUnit\Framework\TestCase;
use RuntimeException;

/**
 * @covers \FfiZts\Install\ExtensionFile
 * @covers \FfiZts\Install\IniFile
 * @covers \FfiZts\Install\NotLoaded
 * @covers \FfiZts\Install\PhpIni
 */
final class InstallTest extends TestCase
{
    use TemporaryDirectory;

    private function file(string $path): string
    {
        $path = $this->directory() . "/$path";
        is_dir(dirname($path)) || mkdir(dirname($path), 0700, true);
        touch($path);
        return $path;
    }

    public function testTheEnvironmentsFileComesFirst(): void
    {
        $named = $this->file('named/ffi_zts.so');
        $this->file('package/build/ffi_zts.so');
        $found = ExtensionFile::locateIn($named, $this->directory() . '/package', '/nowhere');
        self::assertSame([$named, "extension=$named"], [$found->path, $found->line]);
    }

    public function testANamedFileThatIsMissingIsNotReplacedByAnother(): void
    {
        $this->file('package/build/ffi_zts.so');
        $found = ExtensionFile::locateIn('/nowhere/ffi_zts.so', $this->directory() . '/package', '/nowhere');
        self::assertNull($found->path);
        self::assertStringContainsString('(looked for /nowhere/ffi_zts.so)', $found->notFound());
    }

    public function testThePackagesFileComesBeforeTheInstalledOne(): void
    {
        $built = $this->file('package/build/ffi_zts.so');
        $this->file('ext/ffi_zts.so');
        $found = ExtensionFile::locateIn(null, $this->directory() . '/package', $this->directory() . '/ext');
        self::assertSame($built, $found->path);
    }

    public function testTheInstalledFileIsNamedWithoutItsDirectory(): void
    {
        $installed = $this->file('ext/ffi_zts.so');
        $found = ExtensionFile::locateIn(null, $this->directory() . '/package', $this->directory() . '/ext/');
        self::assertSame([$installed, 'extension=ffi_zts.so'], [$found->path, $found->line]);
    }

    /** @dataProvider pathsWithMoreThanText */
    public function testAPathWithMoreThanTextIsQuoted(string $path): void
    {
        $named = $this->file($path);
        $line = ExtensionFile::locateIn($named, '/nowhere', '/nowhere')->line;
        self::assertSame(['extension' => $named], parse_ini_string($line));
    }

    /** @return iterable<array{string}> */
    public static function pathsWithMoreThanText(): iterable
    {
        yield ['my (own); path/ffi_zts.so'];
        yield ["O'Neil's/ffi_zts.so"];
        yield ["''/ffi_zts.so'"];
        yield ['the "new" one/ffi_zts.so'];
        yield ['${HOME}/$x/ffi_zts.so'];
        yield ["back\\slash\\'\"\\\\/ffi_zts.so"];
        yield ['[PATH=x]/a=b&c|d^e!f~g/ffi_zts.so'];
    }

    /** @dataProvider iniFiles */
    public function testALineIsAddedWhereItHoldsForTheWholePhp(string $text, string $expected): void
    {
        $path = $this->directory() . '/php.ini';
        file_put_contents($path, $text);
        self::assertFalse(IniFile::read($path)->has('extension=x.so'));
        self::assertSame($expected, IniFile::read($path)->with('extension=x.so'));
        file_put_contents($path, $expected);
        self::assertTrue(IniFile::read($path)->has('extension=x.so'));
        $told = Process::run([PHP_BINARY, '-c', $path, '-d', 'display_startup_errors=1', '-r', ''], '', ['PHP_INI_SCAN_DIR' => '']);
        self::assertStringContainsString("'x.so'", $told->output . $told->errors, 'PHP itself reads the line');
    }

    /** @return iterable<array{string, string}> */
    public static function iniFiles(): iterable
    {
        yield ['', "extension=x.so\n"];
        yield ["precision=9\n", "precision=9\nextension=x.so\n"];
        yield ['precision=9', "precision=9\nextension=x.so\n"];
        yield ["[PHP]\nprecision=9\n[opcache]\n", "[PHP]\nprecision=9\n[opcache]\nextension=x.so\n"];
        yield ["a=1\n[PATH=/www]\nprecision=9\n", "a=1\nextension=x.so\n[PATH=/www]\nprecision=9\n"];
        yield ["[host=example.org]\nextension=x.so\n", "extension=x.so\n[host=example.org]\nextension=x.so\n"];
        yield ["[ \t'PATH=/www']\n", "extension=x.so\n[ \t'PATH=/www']\n"];
        yield ["[\"HOST=a.b\"]\n[PHP]\n", "extension=x.so\n[\"HOST=a.b\"]\n[PHP]\n"];
    }

    public function testAFileThatPhpCannotReadIsNotAddedTo(): void
    {
        $path = $this->directory() . '/php.ini';
        file_put_contents($path, "error_log=\"/var/log/php\n");
        $this->expectException(RuntimeException::class);
        $this->expectExceptionMessage("$path is no ini file that PHP can read");
        IniFile::read($path)->with('extension=x.so');
    }

    public function testTheScanDirectoryFollowsTheEnvironment(): void
    {
        self::assertSame('/etc/conf.d', PhpIni::scanDirectory(false, '/etc/conf.d'));
        self::assertSame('/a', PhpIni::scanDirectory('/a', '/etc/conf.d'));
        self::assertSame('/b', PhpIni::scanDirectory('/a:/b', '/etc/conf.d'));
        self::assertSame('/etc/conf.d', PhpIni::scanDirectory('/a:', '/etc/conf.d'));
        self::assertNull(PhpIni::scanDirectory('', '/etc/conf.d'));
        self::assertNull(PhpIni::scanDirectory(false, ''));
    }

    public function testTheLineGoesWhereThePhpReadsIt(): void
    {
        $scan = dirname($this->file('conf.d/20-x.ini'));
        self::assertSame("$scan/30-ffi_zts.ini", (new PhpIni('/etc/php.ini', $scan, '/etc'))->target());
        self::assertSame('/etc/php.ini', (new PhpIni('/etc/php.ini', '/nowhere', '/etc'))->target());
        self::assertSame('/etc/php.ini', (new PhpIni(null, null, '/etc'))->target());
    }

    public function testAnotherSapisDirectoryStandsBesideOurs(): void
    {
        $root = $this->directory();
        $this->file('cli/php.ini');
        $this->file('cli/conf.d/a.ini');
        $this->file('fpm/php.ini');
        $this->file('fpm/conf.d/a.ini');
        $cli = new PhpIni("$root/cli/php.ini", "$root/cli/conf.d", "$root/cli");
        $fpm = $cli->forSapi('fpm');
        self::assertNotNull($fpm);
        self::assertSame("$root/fpm/conf.d/30-ffi_zts.ini", $fpm->target());
        self::assertSame("$root/fpm/php.ini", $fpm->loaded);
        self::assertNull($cli->forSapi('apache2'));
        self::assertNull($cli->forSapi('../cli'));
    }

    public function testTheMessageHasTheLineAndTheFile(): void
    {
        $named = $this->file('ffi_zts.so');
        $scan = dirname($this->file('conf.d/a.ini'));
        $message = NotLoaded::message(
            ExtensionFile::locateIn($named, '/nowhere', '/nowhere'),
            new PhpIni('/etc/php/php.ini', $scan, '/etc/php'),
        );
        self::assertStringContainsString("\n    extension=$named\n", $message);
        self::assertStringContainsString('The php.ini in use is /etc/php/php.ini, and further files are read from ' . $scan, $message);
        self::assertStringContainsString('vendor/bin/ffi-zts enable --write', $message);
    }

    public function testTheMessageForAnExtensionThatIsNotBuilt(): void
    {
        $message = NotLoaded::message(ExtensionFile::locateIn(null, '/package', '/ext'), new PhpIni(null, null, '/etc'));
        self::assertStringContainsString('looked for /package/build/ffi_zts.so, /ext/ffi_zts.so', $message);
        self::assertStringContainsString("\n    extension=/package/build/ffi_zts.so\n", $message);
        self::assertStringContainsString('No php.ini is in use', $message);
    }
}
