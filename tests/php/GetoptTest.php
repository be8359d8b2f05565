<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Command\Getopt;
use PHPUnit\Framework\TestCase;

/** @covers \FfiZts\Command\Getopt */
final class GetoptTest extends TestCase
{
    /**
     * @dataProvider commandLines
     *
     * @param list<string>                  $arguments
     * @param list<array{string, ?string}>  $expected
     * @param list<string>                  $rest
     */
    public function testReadsOptionsAsPhpDoes(array $arguments, array $expected, array $rest): void
    {
        $getopt = new Getopt($arguments);
        $options = [];
        while (($option = $getopt->next()) !== null) {
            $options[] = $option;
        }
        self::assertSame($expected, $options);
        self::assertSame($rest, array_slice($arguments, $getopt->index));
    }

    /** @return iterable<string, array{list<string>, list<array{string, ?string}>, list<string>}> */
    public static function commandLines(): iterable
    {
        yield 'nothing' => [[], [], []];
        yield 'a file' => [['a.php', '-n'], [], ['a.php', '-n']];
        yield 'apart' => [['-d', 'a=b', 'x'], [['d', 'a=b']], ['x']];
        yield 'joined' => [['-da=b', '-d=c=d'], [['d', 'a=b'], ['d', 'c=d']], []];
        yield 'a group' => [['-nq', '-nd', 'a', 'x'], [['n', null], ['q', null], ['n', null], ['d', 'a']], ['x']];
        yield 'a group with a value' => [['-nda=1', 'x'], [['n', null], ['d', 'a=1']], ['x']];
        yield 'long' => [['--define', 'a=b', '--file=x.php', '--no-php-ini', 'y'], [['d', 'a=b'], ['f', 'x.php'], ['n', null]], ['y']];
        yield 'an empty value' => [['-d', '', 'x'], [['d', '']], ['x']];
        yield 'dashes' => [['-n', '--', '-x'], [['n', null]], ['-x']];
        yield 'one dash' => [['-', 'x'], [], ['-', 'x']];
        yield 'an empty argument' => [['', '-n'], [], ['', '-n']];
        yield 'unknown' => [['-Q'], [[Getopt::INVALID, null]], []];
        yield 'unknown in a group' => [['-nQn'], [['n', null], [Getopt::INVALID, null], ['n', null]], []];
        yield 'a long one of one letter' => [['--n', 'x'], [[Getopt::INVALID, null]], ['x']];
        yield 'a missing value' => [['-n', '-d'], [['n', null], [Getopt::INVALID, null]], []];
        yield 'a colon' => [['-n:', 'x'], [['n', null], [Getopt::INVALID, null]], ['x']];
        yield 'reflection' => [['--rf', 'strlen', '--ri=core'], [['rf', 'strlen'], ['ri', 'core']], []];
    }

    /** @dataProvider invalidCommandLines */
    public function testComplainsInPhpsWords(string ...$arguments): void
    {
        $getopt = new Getopt($arguments);
        while (($option = $getopt->next()) !== null && $option[0] !== Getopt::INVALID) {
            // On to the invalid one.
        }
        self::assertSame(Process::run([PHP_BINARY, ...$arguments])->errors, $getopt->problem . "\n");
    }

    /** @return iterable<array<string>> */
    public static function invalidCommandLines(): iterable
    {
        yield ['-Q'];
        yield ['-n', '-qQ'];
        yield ['-d'];
        yield ['-n', '-c'];
        yield ['-:'];
        yield ['-n:'];
    }
}
