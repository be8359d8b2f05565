<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Command\IniText;
use PHPUnit\Framework\TestCase;

/** @covers \FfiZts\Command\IniText */
final class IniTextTest extends TestCase
{
    use TemporaryDirectory;

    /** @dataProvider definitions */
    public function testWritesWhatPhpWrites(string $definition, string $expected): void
    {
        $text = new IniText();
        $text->define($definition);
        self::assertSame($expected, (string) $text);
    }

    /** @return iterable<array{string, string}> */
    public static function definitions(): iterable
    {
        yield ['a', "a=1\n"];
        yield ['a=', "a=\n"];
        yield ['a=b', "a=b\n"];
        yield ['a=1', "a=1\n"];
        yield ['a=/x;y', "a=\"/x;y\"\n"];
        yield ['a=-1', "a=\"-1\"\n"];
        yield ['a="b c"', "a=\"b c\"\n"];
        yield ["a='b'", "a='b'\n"];
        yield ['a=b=c', "a=b=c\n"];
        yield ["a=\xc3\xa9", "a=\"\xc3\xa9\"\n"];
    }

    /**
     * The same setting through `php -d`, and through a php.ini made of our text.
     *
     * @dataProvider values
     */
    public function testMeansWhatTheOptionMeans(string $definition): void
    {
        $code = 'var_dump(ini_get("error_append_string"));';
        $text = new IniText();
        $text->define($definition);
        $file = $this->directory() . '/php.ini';
        file_put_contents($file, (string) $text);

        $option = Process::run([PHP_BINARY, '-n', '-d', $definition, '-r', $code]);
        $ini = Process::run([PHP_BINARY, '-c', $file, '-r', $code], environment: ['PHP_INI_SCAN_DIR' => '']);
        self::assertSame($option->output, $ini->output);
        self::assertNotSame('', $ini->output);
    }

    /** @return iterable<array{string}> */
    public static function values(): iterable
    {
        foreach (['', '=', '=on', '=off', '=E_ALL', '=1|2', '=/a;b', '=a b', '="a;b"', "='x y'", '=$x', '=~1', '=(a)', '=a=b', '=-1'] as $value) {
            yield ["error_append_string$value"];
        }
    }
}
