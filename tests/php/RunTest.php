<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/** `ffi-zts run` against the thread-safe CLI of the same build: what they print, and how they end. */
final class RunTest extends TestCase
{
    use TemporaryDirectory;

    private const REPORT = 'echo json_encode([$argv, $argc, $_SERVER["argv"], PHP_SAPI, PHP_ZTS, getcwd(), defined("STDIN"),'
        . ' $_SERVER["SCRIPT_NAME"] ?? null, $_SERVER["PHP_SELF"] ?? null, $_SERVER["SCRIPT_FILENAME"] ?? null, __FILE__, __DIR__,'
        . ' php_ini_loaded_file(), get_included_files(), getenv("HOME")]), "\n";';

    private function runtime(): string
    {
        return getenv('FFI_ZTS_TEST_RUNTIME') ?: Process::root() . '/build/runtime';
    }

    protected function setUp(): void
    {
        if (!is_file(Process::extension()) || !is_file($this->runtime() . '/bin/php')) {
            self::markTestSkipped('the extension or its runtime has not been built');
        }
    }

    /** @param list<string> $arguments */
    private function guest(array $arguments, string $input = '', array $before = []): Process
    {
        $command = Process::root() . '/php/bin/ffi-zts';
        $options = ['--runtime=' . $this->runtime(), ...$before];
        return Process::run([PHP_BINARY, '-n', $command, ...$options, 'run', ...$arguments], $input, [], $this->directory());
    }

    /** @param list<string> $arguments */
    private function cli(array $arguments, string $input = ''): Process
    {
        return Process::run([$this->runtime() . '/bin/php', ...$arguments], $input, [], $this->directory());
    }

    /** @dataProvider commandLines */
    public function testRunsAsPhpRuns(string $input, string ...$arguments): void
    {
        mkdir($this->directory() . '/sub');
        file_put_contents($this->directory() . '/report.php', "#!/usr/bin/php\n<?php " . self::REPORT);
        file_put_contents($this->directory() . '/sub/report.php', '<?php ' . self::REPORT);
        file_put_contents($this->directory() . '/broken.php', "<?php\necho 1 +;\n");
        file_put_contents($this->directory() . '/plain.txt', "no code\n");
        file_put_contents($this->directory() . '/my.ini', "precision = 5\n");

        $cli = $this->cli($arguments, $input);
        $guest = $this->guest($arguments, $input);
        self::assertSame(self::common($cli->output), self::common($guest->output));
        self::assertSame($cli->errors, $guest->errors);
        self::assertSame($cli->status, $guest->status);
    }

    /** Without what must differ: the guest half is a module, and its build has a time of its own. */
    private static function common(string $output): string
    {
        // Time zones are the system's where the host's are (docs/internals.md).
        $zones = '/^("Olson" Timezone Database Version|Timezone Database) => .*\n/m';
        return preg_replace(['/^ffi_zts(?:_guest)?\n/m', '/\(built: [^)]*\)/', $zones], '', $output);
    }

    /** @return iterable<string, array<string>> */
    public static function commandLines(): iterable
    {
        $report = self::REPORT;
        yield 'file' => ['', 'report.php', 'a', '-b', '--', 'c'];
        yield 'file in a directory' => ['', '-n', 'sub/report.php'];
        yield '-f' => ['', '-f', './report.php', '--', '-x'];
        yield '-r' => ['', '-r', $report, '--', '-x', 'y'];
        yield 'STDIN of what comes from standard input' => ['<?php var_dump(defined("STDIN"), defined("STDOUT"), defined("STDERR"));'];
        yield 'standard input' => ["<?php $report", '--', 'a', '-b'];
        yield 'bytes' => ['', 'report.php', "\xff\x01", ''];
        yield 'a text' => ['', 'plain.txt'];
        yield 'missing' => ['', 'nowhere.php'];
        yield 'missing, with a name like a URL' => ['', '-f', 'phar://nowhere', 'a'];
        yield 'missing, to be checked' => ['', '-l', 'nowhere.php'];
        yield 'missing, to be stripped' => ['', '-w', 'nowhere.php'];
        yield 'no name' => ['', ''];
        yield 'a dash' => ['', '-', 'a'];
        yield 'a directory' => ['', 'sub'];
        yield 'broken' => ['', 'broken.php'];
        yield 'lint' => ['', '-l', 'report.php'];
        yield 'lint of what is broken' => ['', '-l', 'broken.php'];
        yield 'lint of standard input' => ["<?php echo 1;", '-l'];
        $settings = static fn (string ...$names): string => 'foreach (' . var_export($names, true) . ' as $name) var_dump(ini_get($name));';
        yield '-d' => [
            '', '-d', 'precision=3', '-dmemory_limit=64M', '-d', 'display_errors',
            '-r', $settings('precision', 'memory_limit', 'display_errors') . 'echo 1/3;',
        ];
        yield '-c file' => ['', '-c', 'my.ini', '-r', 'var_dump(1/3, basename(php_ini_loaded_file()));'];
        yield 'defaults' => ['', '-n', '-r', $settings(
            'html_errors',
            'display_errors',
            'max_execution_time',
            'implicit_flush',
            'output_buffering',
            'register_argc_argv',
            'memory_limit',
            'error_log',
        )];
        yield 'a startup that fails' => ['', '-n', '-d', 'magic_quotes_gpc=1', '-r', 'echo 1;'];
        yield 'exit with a status' => ['', '-r', 'register_shutdown_function(fn () => print "bye"); exit(7);'];
        yield 'exit with 256' => ['', '-r', 'exit(256);'];
        yield 'exit with a message' => ['', '-r', 'exit("message\n");'];
        yield 'uncaught' => ['', '-r', 'throw new DomainException("no");'];
        yield 'fatal' => ['', '-r', 'function f(int $i) {} nowhere();'];
        yield 'out of memory' => ['', '-d', 'memory_limit=4M', '-r', 'str_repeat("x", 8 << 20);'];
        yield 'time limit' => ['', '-d', 'max_execution_time=1', '-r', 'while (true);'];
        yield 'standard error' => ['', '-r', 'fwrite(STDERR, "e"); fwrite(STDOUT, "o"); echo "p"; file_put_contents("php://stderr", "f");'];
        yield 'standard error in a log' => ['', '-d', 'log_errors=1', '-d', 'display_errors=0', '-r', 'ini_set("error_log", ""); echo $x;'];
        yield 'reading' => ["one\ntwo\n", '-r', 'echo fgets(STDIN); echo stream_get_contents(fopen("php://stdin", "r"));'];
        yield 'code after the input' => ["<?php echo fgets(fopen('php://stdin', 'r')); __halt_compiler();x\n"];
        yield 'output buffers' => ['', '-r', 'ob_start(strtoupper(...)); echo "shout"; exit(3);'];
        yield 'headers' => ['', '-r', 'header("X-A: b"); header("HTTP/1.1 404 Nope"); var_dump(headers_list(), http_response_code());'];
        yield 'a child' => ['', '-r', 'passthru("echo child"); echo "parent";'];
        yield '-m' => ['', '-n', '-m'];
        yield '-v' => ['', '-n', '-v'];
        yield '--ini' => ['', '-n', '--ini'];
        yield '--ri' => ['', '-n', '--ri', 'date'];
        yield '--rf of a method' => ['', '-n', '--rf', 'ArrayObject::count'];
        yield '--rf of no method' => ['', '-n', '--rf', 'ArrayObject::nowhere'];
        yield '-w' => ['', '-w', 'report.php'];
        yield '-s' => ['', '-s', 'plain.txt'];
    }

    public function testTheHostWithAndWithoutTheExtensionDoesTheSame(): void
    {
        $code = 'echo $argc, stream_get_contents(STDIN); exit(9);';
        $arguments = [Process::root() . '/php/bin/ffi-zts', '--runtime=' . $this->runtime(), 'run', '-r', $code, 'x'];
        $loaded = Process::run([PHP_BINARY, '-n', '-d', 'extension=' . Process::extension(), ...$arguments], 'in');
        $again = Process::run([PHP_BINARY, '-n', ...$arguments], 'in');
        // It is a confined host then, which is told its runtime by its administrator.
        $waiting = Process::run([PHP_BINARY, '-n', '-d', 'disable_functions=pcntl_exec', '-d', 'ffi_zts.allow_runtime_options=1', ...$arguments], 'in');
        foreach ([$loaded, $again, $waiting] as $run) {
            self::assertSame([9, '2in', ''], [$run->status, $run->output, $run->errors]);
        }
    }

    public function testASignalEndsTheCommandAsItEndsPhp(): void
    {
        // pcntl and posix_kill are not for guests: the process is ended from outside.
        $arguments = ['-r', 'echo "up"; shell_exec("kill -TERM " . getmypid()); sleep(20);'];
        self::assertSame($this->cli($arguments)->status, $this->guest($arguments)->status);
    }

    /** As php-cli's own, which has moved its arguments and its environment out of the way. */
    public function testSetsTheTitleOfTheProcess(): void
    {
        $code = 'putenv("SET=1"); $shows = fn () => rtrim(file_get_contents("/proc/self/cmdline"), "\0");
            echo json_encode([PHP_CLI_PROCESS_TITLE, cli_get_process_title(), cli_set_process_title("a title"), cli_get_process_title(), $shows(),
                cli_set_process_title("t"), $shows(), strlen($shows()), cli_set_process_title("cut\0here"), $shows(),
                cli_set_process_title(str_repeat("long", 100000)), strlen(cli_get_process_title()) === strlen($shows()), $shows()[5],
                getenv("PATH"), getenv("SET"), shell_exec("echo \$PATH \$SET"), $argv[1]]);';
        $cli = $this->cli(['-r', $code, 'argument']);
        self::assertSame($cli->output, $this->guest(['-r', $code, 'argument'])->output);
        self::assertStringStartsWith('[true,"",true,"a title","a title",true,"t",1,true,"cut",true,true,"o"', $cli->output);
    }

    /** Under php-cli the echo is lost. Descriptor 1 is the host's here, and is not a script's to close. */
    public function testClosingStandardOutputIsTheScriptsAffairOnly(): void
    {
        $run = $this->guest(['-r', 'echo "a"; var_dump(fclose(STDOUT)); echo "b";']);
        self::assertSame([0, "abool(true)\nb", ''], [$run->status, $run->output, $run->errors]);
    }

    public function testPhpBinary(): void
    {
        $run = $this->guest(['-r', 'echo PHP_BINARY;'], '', ['--php-binary=/usr/bin/env']);
        self::assertSame([0, '/usr/bin/env'], [$run->status, $run->output]);
    }

    /** The command of docs/cli.md: what a script starts by PHP_BINARY is in a guest, and so is what that starts. */
    public function testPhpBinaryThatStaysInTheGuest(): void
    {
        $php = $this->directory() . '/php-zts';
        $words = [PHP_BINARY, '-n', Process::root() . '/php/bin/ffi-zts', '--runtime=' . $this->runtime()];
        file_put_contents($php, "#!/bin/sh\nexec " . implode(' ', array_map(escapeshellarg(...), $words)) . ' --php-binary="$0" run "$@"' . "\n");
        chmod($php, 0700);
        file_put_contents($this->directory() . '/self.php', '<?php
            echo PHP_ZTS ? "guest" : "host", " ", $depth = (int) ($argv[1] ?? 0), PHP_EOL;
            $depth < 2 && passthru(escapeshellarg(PHP_BINARY) . " -d precision=5 self.php " . ($depth + 1));');
        $stays = Process::run([$php, 'self.php'], '', [], $this->directory());
        self::assertSame([0, "guest 0\nguest 1\nguest 2\n", ''], [$stays->status, $stays->output, $stays->errors]);
        $leaves = $this->guest(['self.php']);
        self::assertSame([0, "guest 0\nhost 1\nhost 2\n"], [$leaves->status, $leaves->output]);
    }

    public function testOptionsOfTheGuestComeBeforeRun(): void
    {
        file_put_contents($this->directory() . '/first.php', '<?php echo "first ";');
        $options = ['--sapi-name=other', '--ini=precision=4', '--prepend=' . $this->directory() . '/first.php'];
        file_put_contents($this->directory() . '/then.php', '<?php echo PHP_SAPI, " ", 1/3;');
        $run = $this->guest(['then.php'], '', $options);
        self::assertSame([0, 'first other 0.3333', ''], [$run->status, $run->output, $run->errors]);
    }

    public function testFailuresOfTasksAreToldToWhoAwaitsThem(): void
    {
        $code = <<<'PHP'
            $vm = FfiZts::boot();
            foreach ([fn () => @trigger_error('on purpose', E_USER_ERROR), fn () => throw new DomainException('thrown'), fn () => 'value'] as $task) {
                try {
                    echo $vm->run($task)->await(), "\n";
                } catch (Throwable $e) {
                    echo $e::class, ': ', $e->getMessage(), "\n";
                }
            }
            try {
                $vm->runScript('');
            } catch (Throwable $e) {
                echo $e::class, "\n";
            }
            PHP;
        $run = $this->guest(['-r', $code]);
        self::assertSame("FfiZts\\ScriptException: on purpose\nDomainException: thrown\nvalue\nFfiZts\\ScriptException\n", $run->output);
        self::assertSame([0, ''], [$run->status, $run->errors]);
    }

    public function testAnOptionThatDoesNotExistIsAnErrorOfTheCommand(): void
    {
        $run = $this->guest(['-r', ';'], '', ['--library=/nowhere/libphp.so']);
        self::assertSame([70, ''], [$run->status, $run->output]);
        self::assertStringContainsString('/nowhere/libphp.so', $run->errors);
    }

    public function testInfo(): void
    {
        $command = [PHP_BINARY, '-n', Process::root() . '/php/bin/ffi-zts', '--runtime=' . $this->runtime(), 'info'];
        $text = Process::run($command);
        self::assertSame([0, ''], [$text->status, $text->errors]);
        self::assertStringContainsString($this->runtime(), $text->output);
        $info = json_decode(Process::run([...$command, '--json'])->output, true);
        self::assertSame('ready', $info['state']);
    }

    public function testDoctor(): void
    {
        $command = [PHP_BINARY, '-n', '-d', 'extension=' . Process::extension(), Process::root() . '/php/bin/ffi-zts'];
        $well = Process::run([...$command, '--runtime=' . $this->runtime(), 'doctor']);
        self::assertSame([0, ''], [$well->status, $well->errors], $well->output);
        self::assertStringEndsWith("All is well.\n", $well->output);

        $ill = Process::run([...$command, '--runtime=/nowhere', 'doctor', '--json']);
        self::assertSame(1, $ill->status);
        $told = json_decode($ill->output, true);
        self::assertSame([false, ['runtime']], [$told['healthy'], array_column($told['problems'], 'id')]);
        self::assertNotEmpty($told['problems'][0]['remedy']);
    }
}
