<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/**
 * Compares stubs/ffi_zts.php with the extension.
 *
 * Both sides are described by the same program (describe.php) in a PHP of its own: one that has loaded the extension,
 * one that has included the stubs instead. Where reflection says no more than `mixed`, the stubs may say what is meant.
 */
final class StubsTest extends TestCase
{
    public function testTheStubsSayWhatReflectionSays(): void
    {
        $extension = Process::extension();
        if (!is_file($extension)) {
            self::markTestSkipped("$extension has not been built");
        }
        $real = self::describe('-d', "extension=$extension", __DIR__ . '/describe.php');
        $stubs = self::describe(__DIR__ . '/describe.php', Process::root() . '/stubs/ffi_zts.php');
        foreach ($real as $name => $facts) {
            if (($facts['type'] ?? null) === 'mixed' && isset($stubs[$name]['type'])) {
                $real[$name]['type'] = $stubs[$name]['type'];
            }
        }
        self::assertSame($real, $stubs);
    }

    /** @return array<string, array<string, mixed>> */
    private static function describe(string ...$arguments): array
    {
        $run = Process::run([PHP_BINARY, '-n', ...$arguments]);
        self::assertSame([0, ''], [$run->status, $run->errors], $run->output);
        return json_decode($run->output, true, flags: JSON_THROW_ON_ERROR);
    }
}
