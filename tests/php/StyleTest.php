<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/** What can be checked of the PHP style without a tool of its own. */
final class StyleTest extends TestCase
{
    /** @dataProvider files */
    public function testFile(string $file): void
    {
        $code = (string) file_get_contents(Process::root() . "/$file");
        // The stubs are no code; the rest is strict.
        if (!str_starts_with($file, 'stubs/')) {
            self::assertMatchesRegularExpression('/^declare\(strict_types=1\);$/m', $code);
            self::assertDoesNotMatchRegularExpression('/^(?:abstract )?class /m', $code, 'a class is final');
        }
        self::assertDoesNotMatchRegularExpression('/[ \t]$/m', $code, 'space at the end of a line');
        self::assertStringNotContainsString("\t", $code);
        self::assertStringEndsWith("\n", $code);
        self::assertStringEndsNotWith("\n\n", $code);
        self::assertSame([], array_filter(explode("\n", $code), static fn (string $line): bool => strlen($line) > 160), 'a line of more than 160 characters');
    }

    /** @return iterable<string, array{string}> */
    public static function files(): iterable
    {
        $root = Process::root();
        $files = ['php/bin/ffi-zts'];
        foreach (['php', 'examples', 'scripts', 'stubs', 'tests/php', 'tests/examples'] as $directory) {
            foreach (new \RecursiveIteratorIterator(new \RecursiveDirectoryIterator("$root/$directory", \FilesystemIterator::SKIP_DOTS)) as $file) {
                if ($file->getExtension() === 'php') {
                    $files[] = substr($file->getPathname(), strlen($root) + 1);
                }
            }
        }
        foreach ($files as $file) {
            yield $file => [$file];
        }
    }
}
