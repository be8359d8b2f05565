<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/**
 * Compares stubs/ffi_zts.php with the extension.
 *
 * Both sides are described by the same program (describe.php) in a PHP of its own: one that has loaded the extension,
 * one that has included the stubs instead.
 */
final class StubsTest extends TestCase
{
    public function testTheStubsSayWhatReflectionSays(): void
    {
        $extension = Process::extension();
        if (!is_file($extension)) {
            self::markTestSkipped("$extension has not been built");
        }
        $real = Process::run([PHP_BINARY, '-n', '-d', "extension=$extension", __DIR__ . '/describe.php']);
        $stubs = Process::run([PHP_BINARY, '-n', __DIR__ . '/describe.php', Process::root() . '/stubs/ffi_zts.php']);
        self::assertSame(0, $real->status, $real->output);
        self::assertSame(0, $stubs->status, $stubs->output);
        self::assertSame($real->output, $stubs->output);
    }
}
