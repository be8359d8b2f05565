<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Command\DoctorCommand;
use FfiZts\Command\GlobalOptions;
use FfiZts\Command\HostProcess;
use FfiZts\Command\InfoCommand;
use FfiZts\Command\PhpArguments;
use FfiZts\Command\RunCommand;
use FfiZts\Command\UsageError;
use PHPUnit\Framework\TestCase;

/** The parts of the command that need no extension. */
final class CommandTest extends TestCase
{
    use TemporaryDirectory;

    /** @param array<string, ?string> $environment */
    private static function command(array $arguments, array $environment = ['FFI_ZTS_EXTENSION' => '/nowhere/ffi_zts.so']): Process
    {
        return Process::run([PHP_BINARY, '-n', Process::root() . '/php/bin/ffi-zts', ...$arguments], '', $environment);
    }

    public function testOptionsBecomeThoseOfBoot(): void
    {
        $options = GlobalOptions::parse([
            '--runtime=/r', '--threads', '3', '--stack-size=65536', '--ini=a=b', '--ini', 'c', '--extension=x', '--extension=y',
            '--shutdown-timeout=1.5', 'run', '--threads=9',
        ]);
        self::assertSame([
            'runtime' => '/r', 'threads' => 3, 'stack_size' => 65536, 'ini' => ['a' => 'b', 'c' => '1'],
            'extensions' => ['x', 'y'], 'shutdown_timeout' => 1.5,
        ], $options->boot);
        self::assertSame(['run', '--threads=9'], $options->rest);
    }

    /** @dataProvider badOptions */
    public function testOptionsThatMakeNoSense(string $message, string ...$arguments): void
    {
        $this->expectException(UsageError::class);
        $this->expectExceptionMessage($message);
        GlobalOptions::parse($arguments);
    }

    /** @return iterable<array<string>> */
    public static function badOptions(): iterable
    {
        yield ['unknown option --nonsense', '--nonsense', 'run'];
        yield ['unknown option -d', '-d', 'a=b', 'run'];
        yield ["takes a whole number, not 'many'", '--threads=many'];
        yield ["takes a number of seconds, not 'long'", '--shutdown-timeout', 'long'];
        yield ['option --runtime needs a value', '--runtime'];
    }

    public function testTheSpecificationOfARun(): void
    {
        $spec = (new RunCommand(['threads' => 2], '/bin/p'))->spec(PhpArguments::parse(['-n', '-d', 'a=b', '-r', 'echo 1;', 'x']));
        self::assertSame([
            'options' => ['threads' => 2, 'sapi_name' => 'cli'],
            'executable' => '/bin/p',
            'ini_text' => "a=b\n",
            'ini_path' => null,
            'no_ini' => true,
            'mode' => 'code',
            'script' => 'echo 1;',
            'argv' => ['Standard input code', 'x'],
        ], $spec);
    }

    public function testHelpAndUsage(): void
    {
        $help = self::command(['--help']);
        self::assertSame([0, ''], [$help->status, $help->errors]);
        self::assertStringContainsString('ffi-zts [option...] command', $help->output);
        foreach ([[], ['nonsense'], ['--nonsense'], ['doctor', '-x'], ['enable', 'x'], ['install', 'x']] as $arguments) {
            $wrong = self::command($arguments, ['FFI_ZTS_EXTENSION' => null]);
            self::assertSame(64, $wrong->status, implode(' ', $arguments) . $wrong->errors);
            self::assertSame('', $wrong->output);
            self::assertStringStartsWith('ffi-zts: ', $wrong->errors);
        }
    }

    public function testAnExtensionThatIsNotThere(): void
    {
        $run = self::command(['run', '-r', 'echo 1;']);
        self::assertSame([70, ''], [$run->status, $run->output]);
        self::assertStringContainsString('ffi_zts.so was not found (looked for /nowhere/ffi_zts.so)', $run->errors);
    }

    public function testAnExtensionThatDoesNotLoad(): void
    {
        $file = $this->directory() . '/ffi_zts.so';
        file_put_contents($file, 'not a library');
        $run = self::command(['run', '-r', 'echo 1;'], ['FFI_ZTS_EXTENSION' => $file]);
        self::assertSame(70, $run->status);
        self::assertStringContainsString("PHP could not load $file", $run->errors);
    }

    public function testTheHostsOwnOptionsAreFoundOnItsCommandLine(): void
    {
        $argv = ['/bin/ffi-zts', 'run', '-n'];
        self::assertSame([], HostProcess::hostOptions($argv, ['php', ...$argv]));
        self::assertSame(['-n', '-d', 'a=b'], HostProcess::hostOptions($argv, ['php', '-n', '-d', 'a=b', ...$argv]));
        self::assertSame(['-n'], HostProcess::hostOptions($argv, ['php', '-n', '-f', ...$argv]));
        self::assertSame([], HostProcess::hostOptions($argv, ['php', '-f', '/bin/ffi-zts', '--', 'run', '-n']));
        self::assertSame([], HostProcess::hostOptions($argv, []));
    }

    public function testDoctorWithoutAnExtension(): void
    {
        $doctor = self::command(['doctor']);
        self::assertSame(1, $doctor->status);
        self::assertMatchesRegularExpression('/^ok +host PHP +8\.\d.* NTS/m', $doctor->output);
        self::assertMatchesRegularExpression('/^BAD +extension file .*\n +-> ffi-zts install$/m', $doctor->output);
        $json = json_decode(self::command(['doctor', '--json'])->output, true);
        self::assertSame(['check', 'ok', 'detail', 'remedy'], array_keys($json[0]));
    }

    public function testFindingsAsText(): void
    {
        $findings = [
            ['check' => 'a', 'ok' => true, 'detail' => 'fine', 'remedy' => null],
            ['check' => 'longer', 'ok' => false, 'detail' => 'broken', 'remedy' => 'mend it'],
        ];
        self::assertSame(
            "ok   a       fine\nBAD  longer  broken\n             -> mend it\n1 of 2 checks failed.\n",
            preg_replace('/^ +->/m', '             ->', DoctorCommand::text($findings)),
        );
        self::assertFalse(DoctorCommand::healthy($findings));
        self::assertTrue(DoctorCommand::healthy([$findings[0]]));
        self::assertStringEndsWith("All is well.\n", DoctorCommand::text([$findings[0]]));
    }

    public function testInformationAsText(): void
    {
        self::assertSame(
            "version: 8.2\nzts: yes\nnothing: none\nlist: a, b\nnested:\n  x: 1\n  empty: none\n",
            InfoCommand::text([
                'version' => '8.2', 'zts' => true, 'nothing' => null, 'list' => ['a', 'b'], 'nested' => ['x' => 1, 'empty' => []],
            ]),
        );
    }

    public function testEnableTellsAndWrites(): void
    {
        $extension = $this->directory() . '/ffi_zts.so';
        touch($extension);
        $scan = $this->directory() . '/conf.d';
        mkdir($scan);
        $environment = ['FFI_ZTS_EXTENSION' => $extension, 'PHP_INI_SCAN_DIR' => $scan];

        $told = self::command(['enable'], $environment);
        self::assertSame(0, $told->status);
        self::assertStringContainsString("$scan/30-ffi_zts.ini", $told->output);
        self::assertStringContainsString("\n    extension=$extension\n", $told->output);
        self::assertFileDoesNotExist("$scan/30-ffi_zts.ini");

        self::assertSame(0, self::command(['enable', '--write'], $environment)->status);
        self::assertSame("; Written by `ffi-zts enable`.\nextension=$extension\n", file_get_contents("$scan/30-ffi_zts.ini"));
        self::assertStringContainsString('already has', self::command(['enable', '--write'], $environment)->output);

        // Our own file is replaced, whatever is in it.
        file_put_contents("$scan/30-ffi_zts.ini", "extension=\"/another\"quoted\"/ffi_zts.so\n");
        self::assertSame(0, self::command(['enable', '--write'], $environment)->status);
        self::assertSame("; Written by `ffi-zts enable`.\nextension=$extension\n", file_get_contents("$scan/30-ffi_zts.ini"));
    }

    public function testEnableThatCannotWrite(): void
    {
        $extension = $this->directory() . '/ffi_zts.so';
        touch($extension);
        mkdir($this->directory() . '/conf.d/30-ffi_zts.ini', 0700, true);
        $environment = ['FFI_ZTS_EXTENSION' => $extension, 'PHP_INI_SCAN_DIR' => $this->directory() . '/conf.d'];
        $written = self::command(['enable', '--write'], $environment);
        self::assertSame(70, $written->status);
        self::assertStringContainsString('cannot write', $written->errors);
    }
}
