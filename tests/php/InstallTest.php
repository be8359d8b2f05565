<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Install\Bundles;
use FfiZts\Install\ExtensionFile;
use FfiZts\Install\InstalledBundle;
use FfiZts\Install\NotLoaded;
use FfiZts\Install\PhpIni;
use PHPUnit\Framework\TestCase;

/**
 * @covers \FfiZts\Install\ExtensionFile
 * @covers \FfiZts\Install\IniValue
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

    public function testABundleIsNamedByTheLinkThatStays(): void
    {
        $package = $this->directory() . '/vendor/ffi-zts/ffi-zts';
        $bundles = new Bundles($this->directory() . '/vendor/ffi-zts/.bundles');
        $id = Project::id();
        foreach ([Project::id('7.4'), sprintf('host%s-guest7.4-linux-%s-glibc', Project::minor(), php_uname('m')), $id] as $each) {
            $this->file("vendor/ffi-zts/.bundles/$each@0123456789ab/ffi_zts.so");
            symlink("$each@0123456789ab", "$bundles->directory/$each");
        }
        $this->file('ext/ffi_zts.so');
        $found = ExtensionFile::locateIn(null, $package, $this->directory() . '/ext', $bundles);
        self::assertSame(["$bundles->directory/$id/ffi_zts.so", "extension=$bundles->directory/$id/ffi_zts.so"], [$found->path, $found->line]);
        unlink("$bundles->directory/$id");
        self::assertStringContainsString('-guest7.4-', (string) ExtensionFile::locateIn(null, $package, $this->directory() . '/ext', $bundles)->path);
        self::assertNull($bundles->forHost('7.3'));
        self::assertNull($bundles->forHost(Project::minor(), 'musl'));
        self::assertSame(['7.4', Project::minor()], array_map(static fn (InstalledBundle $bundle): string => $bundle->hostMinor(), $bundles->all()));
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

    public function testTheScanDirectoryFollowsTheEnvironment(): void
    {
        self::assertSame('/etc/conf.d', PhpIni::scanDirectory(false, '/etc/conf.d'));
        self::assertSame('/a', PhpIni::scanDirectory('/a', '/etc/conf.d'));
        self::assertSame('/b', PhpIni::scanDirectory('/a:/b', '/etc/conf.d'));
        self::assertSame('/etc/conf.d', PhpIni::scanDirectory('/a:', '/etc/conf.d'));
        self::assertSame('/etc/conf.d', PhpIni::scanDirectory(':/vendor/ffi-zts/.bundles/ini/8.2', '/etc/conf.d'));
        self::assertNull(PhpIni::scanDirectory('/vendor/ffi-zts/.bundles/ini/8.2', '/etc/conf.d'));
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
        self::assertStringContainsString('vendor/bin/ffi-zts enable` writes it', $message);
    }

    public function testTheMessageForAnExtensionThatIsNotBuilt(): void
    {
        $message = NotLoaded::message(ExtensionFile::locateIn(null, '/vendor/package', '/ext'), new PhpIni(null, null, '/etc'));
        self::assertStringContainsString('looked for /vendor/package/build/ffi_zts.so, /vendor/.bundles/host' . Project::minor()
            . '-…/ffi_zts.so, /ext/ffi_zts.so', $message);
        self::assertStringContainsString("\n    extension=/vendor/package/build/ffi_zts.so\n", $message);
        self::assertStringContainsString('No php.ini is in use', $message);
    }
}
