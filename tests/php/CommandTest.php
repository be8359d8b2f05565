<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use FfiZts\Command\BuildCommand;
use FfiZts\Command\GlobalOptions;
use FfiZts\Command\HostProcess;
use FfiZts\Command\InfoCommand;
use FfiZts\Command\PhpArguments;
use FfiZts\Command\PlainInput;
use FfiZts\Command\RelinkCommand;
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
    }

    /** @dataProvider wrongCommandLines */
    public function testACommandLineThatMakesNoSense(string $message, string ...$arguments): void
    {
        // Without symfony/console: a checkout has no vendor/.
        $wrong = self::command($arguments);
        self::assertSame([64, '', "ffi-zts: $message (ffi-zts --help lists what there is)\n"], [$wrong->status, $wrong->output, $wrong->errors]);
    }

    /** @return iterable<array<string>> */
    public static function wrongCommandLines(): iterable
    {
        yield ['no command given'];
        yield ["unknown command 'nonsense'", 'nonsense'];
        yield ["unknown command 'doc'", 'doc'];
        yield ["unknown command 'completion': symfony/console is not here (composer install brings it)", 'completion', 'bash'];
        yield ['unknown option --nonsense', '--nonsense'];
        yield ["doctor takes no '-x'", 'doctor', '-x'];
        yield ["doctor takes no '--jso'", 'doctor', '--jso'];
        yield ["doctor takes no 'x'", 'doctor', '--json', 'x'];
        yield ['doctor: --json takes no value', 'doctor', '--json=1'];
        yield ["enable takes no 'x'", 'enable', 'x'];
        yield ["enable takes no '--write'", 'enable', '--write'];
        yield ['enable: --sapi needs a value (NAME)', 'enable', '--sapi'];
        yield ['disable takes --all or --sapi, not both', 'disable', '--all', '--sapi=fpm'];
        yield ["env has no form 'x' (there are: shell, cron, systemd, fpm, docker)", 'env', '--for=x'];
        yield ['env takes --json or --for, not both', 'env', '--for=cron', '--json'];
        yield ['build needs NAME: Name, directory or tarball of an extension', 'build'];
        yield ["uninstall takes no 'b'", 'uninstall', 'a', 'b'];
        yield ['php takes its settings as php does, `ffi-zts php -d ffi_zts.threads=4 script.php`, and no options before it', '--threads=4', 'php',
            'x.php'];
    }

    public function testEachCommandHasOneScreenOfHelp(): void
    {
        foreach (['install', 'enable', 'disable', 'uninstall', 'doctor', 'info', 'env', 'relink', 'build'] as $name) {
            $help = self::command([$name, '--help']);
            self::assertSame([0, ''], [$help->status, $help->errors]);
            self::assertStringContainsString("Usage: ffi-zts $name", $help->output);
            self::assertLessThanOrEqual(26, substr_count($help->output, "\n"), $name);
            self::assertSame([], array_filter(explode("\n", $help->output), static fn (string $line): bool => mb_strlen($line) > 120), $name);
        }
        self::assertLessThanOrEqual(36, substr_count(self::command(['help'])->output, "\n"));
    }

    public function testOptionsAndArgumentsInAllTheirForms(): void
    {
        $definition = RelinkCommand::definition();
        foreach ([['a.so', '-o', 'b.so', '--check'], ['--output=b.so', '--check', 'a.so'], ['-ob.so', '--check', '--', 'a.so'],
            ['--output', 'b.so', 'a.so', '--check']] as $given) {
            $input = PlainInput::parse($definition, $given);
            self::assertSame(['a.so', 'b.so', true, false, null], [
                $input->argument('file'), $input->value('output'), $input->has('check'), $input->has('json'), $input->value('runpath'),
            ]);
        }
        $input = PlainInput::parse(BuildCommand::definition(), ['redis', '--needs', 'igbinary', '--needs=msgpack', '--', '--enable-a', '--with-b']);
        self::assertSame(['redis', ['igbinary', 'msgpack'], ['--enable-a', '--with-b']], [
            $input->argument('name'), $input->values('needs'), $input->arguments('flags'),
        ]);
        self::assertSame('-x.so', PlainInput::parse($definition, ['--', '-x.so'])->argument('file'));
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

    public function testInformationAsText(): void
    {
        self::assertSame(
            "version: 8.2\nzts: yes\nnothing: none\nlist: a, b\nnested:\n  x: 1\n  empty: none\n",
            InfoCommand::text([
                'version' => '8.2', 'zts' => true, 'nothing' => null, 'list' => ['a', 'b'], 'nested' => ['x' => 1, 'empty' => []],
            ]),
        );
    }
}
