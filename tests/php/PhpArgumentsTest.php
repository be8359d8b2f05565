<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Command\PhpArguments;
use PHPUnit\Framework\TestCase;

/** @covers \FfiZts\Command\PhpArguments */
final class PhpArgumentsTest extends TestCase
{
    use TemporaryDirectory;

    /**
     * What php itself makes of a command line. FILE is a script, DUMP is code, that prints its arguments.
     *
     * @dataProvider commandLines
     */
    public function testGivesTheScriptTheArgumentsThatPhpGives(string $mode, string ...$arguments): void
    {
        $code = 'echo json_encode($argv);';
        $file = $this->directory() . '/script.php';
        file_put_contents($file, "<?php $code");
        $arguments = str_replace(['FILE', 'DUMP'], [$file, $code], $arguments);

        $parsed = PhpArguments::parse($arguments);
        $php = Process::run([PHP_BINARY, ...$arguments], "<?php $code");
        self::assertSame($mode, $parsed->mode);
        self::assertSame($php->output, json_encode($parsed->argv));
    }

    /** @return iterable<array<string>> */
    public static function commandLines(): iterable
    {
        yield ['file', 'FILE'];
        yield ['file', 'FILE', 'a', '-n', '--', '-d'];
        yield ['file', '-n', 'FILE', '-v'];
        yield ['file', '-f', 'FILE', 'a', 'b'];
        yield ['file', '-f', 'FILE', '--', '-a', 'b'];
        yield ['file', '-fFILE', '-n', 'a'];
        yield ['file', '--file=FILE', 'a'];
        yield ['code', '-r', 'DUMP'];
        yield ['code', '-r', 'DUMP', 'a', '-b'];
        yield ['code', '-r', 'DUMP', '--', '-b', 'c'];
        yield ['code', '-n', '-d', 'a=b', '-rDUMP', 'x'];
        yield ['stdin'];
        yield ['stdin', '--'];
        yield ['stdin', '--', 'a', '-b'];
        yield ['stdin', '-n', '-q', '--', 'a'];
        yield ['code', '-f', 'FILE', '-r', 'DUMP', 'a'];
    }

    /**
     * The guest says it (RunTest): some minors on standard output, others on standard error.
     *
     * @dataProvider missingFiles
     */
    public function testTakesWhatIsNoFileToTheGuestAndExecutesNothing(string $mode, string $file, string ...$arguments): void
    {
        $parsed = PhpArguments::parse($arguments);
        self::assertSame([$mode, $file, ''], [$parsed->mode, $parsed->script, $parsed->message]);
    }

    /** @return iterable<array<string>> */
    public static function missingFiles(): iterable
    {
        yield [PhpArguments::FILE, 'nowhere.php', 'nowhere.php'];
        yield [PhpArguments::FILE, 'nowhere.php', '-f', 'nowhere.php', 'a'];
        yield [PhpArguments::FILE, 'phar://nowhere', 'phar://nowhere'];
        yield [PhpArguments::LINT, 'nowhere.php', '-l', 'nowhere.php'];
        yield [PhpArguments::LINT, 'nowhere.php', '-w', 'nowhere.php'];
        yield [PhpArguments::FILE, '-', '-', 'a'];
        yield [PhpArguments::FILE, '', ''];
        yield [PhpArguments::FILE, '', '-s', ''];
    }

    /**
     * @dataProvider refusals
     */
    public function testRefusesInPhpsWords(string ...$arguments): void
    {
        $parsed = PhpArguments::parse($arguments);
        $php = Process::run([PHP_BINARY, '-n', ...$arguments], '', [], $this->directory());
        self::assertSame(PhpArguments::STOP, $parsed->mode);
        self::assertSame($php->output, $parsed->message);
        self::assertSame($php->status, $parsed->status);
    }

    /** @return iterable<array<string>> */
    public static function refusals(): iterable
    {
        yield ['-r', ';', '-r', ';'];
        yield ['-r', ';', '-f', 'x'];
        yield ['-l', '-r', ';'];
        yield ['-f', 'x', '-f', 'y'];
        yield ['-r', ';', '-s'];
        yield ['-r', ';', '-w'];
    }

    public function testKeepsSettingsInOrder(): void
    {
        $parsed = PhpArguments::parse(['-d', 'a=1', '-db', '-n', '-c', '/etc', '-d', 'a=/2', '-z', 'opcache.so', '-r', ';']);
        self::assertSame("a=1\nb=1\na=\"/2\"\nzend_extension=opcache.so\n", $parsed->iniText);
        self::assertSame('/etc', $parsed->iniPath);
        self::assertTrue($parsed->noIni);
    }

    public function testLintsAFileOrStandardInput(): void
    {
        $parsed = PhpArguments::parse(['-l', __FILE__]);
        self::assertSame([PhpArguments::LINT, __FILE__], [$parsed->mode, $parsed->script]);
        $parsed = PhpArguments::parse(['-l']);
        self::assertSame([PhpArguments::LINT, ''], [$parsed->mode, $parsed->script]);
        self::assertSame([PhpArguments::NO_FILE], $parsed->argv);
    }

    public function testTellsWhatAGuestCannotDo(): void
    {
        self::assertSame("Interactive shell (-a) requires the readline extension.\n", PhpArguments::parse(['-a'])->message);
        foreach ([['-S', 'localhost:0'], ['-R', ';'], ['--repeat', '2', 'x']] as $arguments) {
            $parsed = PhpArguments::parse($arguments);
            self::assertSame([PhpArguments::STOP, 1, ''], [$parsed->mode, $parsed->status, $parsed->message]);
            self::assertStringContainsString(' is not available in a guest', $parsed->error);
        }
    }

    public function testPrintsUsageForAnInvalidOption(): void
    {
        $parsed = PhpArguments::parse(['-Q']);
        self::assertSame([PhpArguments::STOP, 1], [$parsed->mode, $parsed->status]);
        self::assertStringStartsWith('Usage: ffi-zts run ', $parsed->message);
        self::assertSame("Error in argument 1, char 2: option not found Q\n", $parsed->error);
    }

    /**
     * The code that stands for an option prints what the option prints.
     *
     * @dataProvider informations
     */
    public function testTellsAboutPhpAsPhpDoes(string ...$arguments): void
    {
        $parsed = PhpArguments::parse($arguments);
        self::assertSame(PhpArguments::CODE, $parsed->mode);
        $code = Process::run([PHP_BINARY, '-n', '-r', $parsed->script]);
        $php = Process::run([PHP_BINARY, '-n', ...$arguments]);
        self::assertSame($php->output, $code->output);
        self::assertSame($php->status, $code->status);
    }

    /** @return iterable<array<string>> */
    public static function informations(): iterable
    {
        yield ['-m'];
        yield ['-v'];
        yield ['-w', __FILE__];
        yield ['-s', __DIR__ . '/bootstrap.php'];
        yield ['--rf', 'strlen'];
        yield ['--rf', 'ArrayObject::count'];
        yield ['--rf', 'no_such_function'];
        yield ['--rc', 'ArrayAccess'];
        yield ['--re', 'ctype'];
        yield ['--ri', 'json'];
        yield ['--ri', 'no_such_extension'];
    }
}
