<?php

declare(strict_types=1);

namespace FfiZts\Tests\Bundle;

use FfiZts\Bundle\Host;
use FfiZts\Bundle\InstallError;
use FfiZts\Bundle\Libc;
use FfiZts\Bundle\Reason;
use FfiZts\Bundle\Status;
use FfiZts\Bundle\Target;
use FfiZts\Tests\TemporaryDirectory;
use PHPUnit\Framework\TestCase;

final class HostTest extends TestCase
{
    use TemporaryDirectory;

    public function testThisHost(): void
    {
        $host = Host::detect();
        self::assertSame(PHP_MAJOR_VERSION . '.' . PHP_MINOR_VERSION, $host->minor());
        self::assertSame([(bool) PHP_ZTS, (bool) PHP_DEBUG, PHP_BINARY], [$host->zts, $host->debug, $host->binary]);
        if ($host->libc->name === Libc::GLIBC) {
            self::assertMatchesRegularExpression('/^\d\.\d+$/D', (string) $host->libc->version);
        }
    }

    public function testTheLibraryOfAProcessMap(): void
    {
        $line = "7f0000000000-7f0000001000 r--p 00000000 fe:00 326279                     %s\n";
        $php = sprintf($line, '/usr/bin/php') . "7ffd00000000-7ffd00001000 rw-p 00000000 00:00 0                          [stack]\n";
        $musl = Libc::fromMap($php . sprintf($line, '/lib/ld-musl-x86_64.so.1'));
        self::assertEquals(new Libc(Libc::MUSL, '/lib/ld-musl-x86_64.so.1'), $musl);
        // gcompat brings a libc.so.6 to musl; that makes no glibc of it.
        self::assertEquals($musl, Libc::fromMap($php . sprintf($line, '/lib/libc.so.6') . sprintf($line, '/lib/ld-musl-x86_64.so.1')));
        self::assertEquals(new Libc(Libc::GLIBC, '/lib/libc-2.31.so', '2.31'), Libc::fromMap($php . sprintf($line, '/lib/libc-2.31.so')));
        self::assertEquals(new Libc(Libc::NONE), Libc::fromMap($php));

        $library = $this->directory() . '/a b/libc.so.6';
        mkdir(dirname($library));
        file_put_contents($library, "\x7fELF\0\0GNU C Library (Debian GLIBC 2.36-9+deb12u10) stable release version 2.36.\n\0");
        $expected = new Libc(Libc::GLIBC, $library, '2.36');
        self::assertEquals($expected, Libc::fromMap($php . sprintf($line, $library)));
        self::assertEquals($expected, Libc::fromMap($php . sprintf($line, "$library (deleted)")));
    }

    public function testTheArchitectureIsThatOfThePhp(): void
    {
        self::assertSame('x86_64', Host::arch('x86_64', 8));
        self::assertSame('aarch64', Host::arch('arm64', 8));
        self::assertSame('i686', Host::arch('x86_64', 4));
        self::assertSame('armv7l', Host::arch('aarch64', 4));
    }

    /** @dataProvider refused */
    public function testAHostWithoutBundles(Host $host, Reason $reason, string $text): void
    {
        try {
            $host->check();
            self::fail('accepted');
        } catch (InstallError $error) {
            self::assertSame([Status::Unsupported, $reason], [$error->status, $error->reason]);
            self::assertSame($text, $error->text());
        }
    }

    /** @return iterable<string, array{Host, Reason, string}> */
    public static function refused(): iterable
    {
        yield 'musl' => [
            Hosts::host(libc: new Libc(Libc::MUSL, '/lib/ld-musl-x86_64.so.1')),
            Reason::Musl,
            'not installed (musl): this PHP runs on musl (/lib/ld-musl-x86_64.so.1), the bundles are for glibc'
                . "\n  -> use an image with glibc: php:8.2-cli in place of php:8.2-cli-alpine, or Debian or Ubuntu",
        ];
        yield 'thread-safe' => [
            Hosts::host(zts: true),
            Reason::ZtsHost,
            'not installed (zts-host): this PHP 8.2.36 (/usr/bin/php) is thread-safe, ffi_zts is for one that is not'
                . "\n  -> use ext-parallel here, which a thread-safe PHP loads itself: pecl install parallel",
        ];
        yield 'debug' => [
            Hosts::host(debug: true),
            Reason::DebugHost,
            'not installed (debug-host): this PHP 8.2.36 (/usr/bin/php) is a debug build, the bundles are for builds without --enable-debug'
                . "\n  -> use a PHP without --enable-debug, or build for this one: ffi-zts install --build",
        ];
        yield 'another system' => [
            Hosts::host(system: 'Darwin', libc: new Libc(Libc::NONE)),
            Reason::Arch,
            "not installed (arch): ffi_zts runs on Linux, and this is Darwin\n  -> use it in a container or a virtual machine with Linux",
        ];
        yield 'static' => [
            Hosts::host(libc: new Libc(Libc::NONE)),
            Reason::NoBundle,
            'not installed (no-bundle): this PHP (/usr/bin/php) is linked without a shared C library: it can load no extension'
                . "\n  -> use a PHP that loads extensions, as that of Debian, Ubuntu or the image php:8.2-cli",
        ];
    }

    public function testAnOldGlibc(): void
    {
        $host = Hosts::host(libc: new Libc(Libc::GLIBC, '/lib/libc-2.31.so', '2.31'));
        $host->check();
        $host->checkGlibc('2.31');
        $host->checkGlibc('2.4');
        Hosts::host(libc: new Libc(Libc::GLIBC, '/lib/libc.so.6', null))->checkGlibc('2.34');
        $this->expectExceptionObject(new InstallError(
            Status::Unsupported,
            'the bundle needs glibc 2.34 or newer, this system has 2.31 (/lib/libc-2.31.so)',
        ));
        $host->checkGlibc('2.34');
    }

    public function testTargets(): void
    {
        $host = Hosts::host(arch: 'aarch64');
        self::assertSame('host8.2-guest8.2-linux-aarch64-glibc', $host->target()->id());
        self::assertSame('host8.4-guest8.4-linux-aarch64-glibc', Target::parse('8.4', $host)->id());
        $target = Target::parse('host8.2-guest8.4-linux-x86_64-glibc', $host);
        self::assertSame(['8.2', '8.4', 'x86_64', 'glibc'], [$target->hostMinor, $target->guestMinor, $target->arch, $target->libc]);
        self::assertFalse($target->runsOn($host));
        self::assertTrue($target->runsOn(Hosts::host()));
        foreach (['x86_64', 'host8.2', "8.4\n", '../8.2', ''] as $text) {
            try {
                Target::parse($text, $host);
                self::fail("$text is a target");
            } catch (InstallError $error) {
                self::assertSame(Status::Usage, $error->status);
                self::assertStringStartsWith("'$text' is no target: it takes a minor of PHP, as 8.4, or the id of a bundle", $error->getMessage());
            }
        }
    }
}
