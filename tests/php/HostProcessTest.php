<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/** `ffi-zts php` against php: what is seen, printed and returned, whether php takes the command's place or is waited for. */
final class HostProcessTest extends TestCase
{
    use TemporaryDirectory;

    protected function setUp(): void
    {
        if (!is_file(Process::extension())) {
            self::markTestSkipped(Process::extension() . ' has not been built');
        }
    }

    /** @return iterable<string, array{list<string>}> options of the PHP that runs the command */
    public static function hosts(): iterable
    {
        yield 'in its place' => [[]];
        yield 'waited for' => [['-d', 'disable_functions=pcntl_exec']];
        yield 'waited for, without pcntl' => [['-d', 'disable_functions=pcntl_exec,pcntl_waitpid,pcntl_signal']];
    }

    /**
     * @param list<string> $options
     * @param list<string> $arguments
     *
     * @return array{Process, Process} of `ffi-zts php`, of php
     */
    private function both(array $options, array $arguments, string $input = ''): array
    {
        // Both are told what the first one is: its options are handed on.
        return [
            Process::run([PHP_BINARY, '-n', ...$options, Process::root() . '/php/bin/ffi-zts', 'php', ...$arguments], $input, [], $this->directory()),
            Process::run([PHP_BINARY, '-n', ...$options, '-d', 'extension=' . Process::extension(), ...$arguments], $input, [], $this->directory()),
        ];
    }

    /**
     * @dataProvider hosts
     *
     * @param list<string> $options
     */
    public function testPhpSeesTheSame(array $options): void
    {
        file_put_contents($this->directory() . '/report.php',
            '<?php echo json_encode([$argv, $_SERVER["argv"], PHP_SAPI, PHP_BINARY, getcwd(), __FILE__, '
            . 'stream_get_contents(STDIN), extension_loaded("ffi_zts"), ini_get("precision"), getenv("HOME")]); fwrite(STDERR, "err"); exit(7);');
        foreach ([
            ['report.php', 'a', '-b', '--', '--json'],
            ['-d', 'precision=3', '-f', 'report.php', '--', '-x'],
            ['-r', 'echo json_encode($argv), file_get_contents("php://stdin"); exit(200);', '--', '-v'],
            ['--', 'x'],
            ['nowhere.php'],
            ['-l', 'report.php'],
            ['--ri', 'ffi_zts'],
            ['-h'],
            ['--nonsense'],
            ['-r', 'throw new DomainException("no");'],
        ] as $arguments) {
            [$ours, $php] = $this->both($options, $arguments, '<?php echo "from stdin", json_encode($argv);');
            self::assertSame([$php->status, $php->output, $php->errors], [$ours->status, $ours->output, $ours->errors], implode(' ', $arguments));
        }
    }

    public function testItIsTheSameProcess(): void
    {
        $code = 'echo getmypid(), " ", posix_getppid();';
        $shell = 'echo $$; exec ' . escapeshellarg(PHP_BINARY) . ' -n ' . escapeshellarg(Process::root() . '/php/bin/ffi-zts')
            . ' php -r \'echo getmypid();\'';
        [$shellPid, $phpPid] = explode("\n", Process::run(['sh', '-c', $shell])->output);
        self::assertSame($shellPid, $phpPid, $code);
    }

    /**
     * @dataProvider hosts
     *
     * @param list<string> $options
     */
    public function testASignalThatEndsPhpEndsTheCommand(array $options): void
    {
        [$ours, $php] = $this->both($options, ['-r', 'echo "up"; shell_exec("kill -KILL " . getmypid()); sleep(20);']);
        // Killed itself, or ended with the status that a shell makes of it.
        self::assertContains($ours->status, $options === [] ? [$php->status] : [137]);
        self::assertSame('up', $ours->output);
    }

    /** A process that only waits hands on what it is sent. */
    public function testSignalsAreHandedOn(): void
    {
        $send = 'shell_exec("kill -%s " . posix_getppid());';
        $code = 'pcntl_async_signals(true); pcntl_signal(SIGUSR1, function () { echo "usr1 "; exit(5); });'
            . ' pcntl_signal(SIGTERM, function () { echo "term "; ' . sprintf($send, 'USR1') . ' });'
            . sprintf($send, 'TERM') . ' while (true) { sleep(60); }';
        $options = ['-d', 'disable_functions=pcntl_exec', '-d', 'extension=posix'];
        [$ours] = $this->both($options, ['-r', $code]);
        self::assertSame([5, 'term usr1 ', ''], [$ours->status, $ours->output, $ours->errors]);
    }

    public function testAnExtensionThatIsLoadedIsNotLoadedTwice(): void
    {
        mkdir($scan = $this->directory() . '/conf.d');
        file_put_contents("$scan/ffi_zts.ini", 'extension=' . Process::extension() . "\n");
        $command = Process::root() . '/php/bin/ffi-zts';
        $code = 'echo (int) extension_loaded("ffi_zts");';
        $environment = ['PHP_INI_SCAN_DIR' => $scan];
        foreach ([
            [[], []],
            [[], ['-n']],
            [['-n'], []],
            [['-d', 'extension=' . Process::extension(), '-n'], []],
            [['-d', 'extension=' . Process::extension(), '-n'], ['-n']],
            [['-n'], ['-d', 'extension=' . Process::extension()]],
            [[], ['-c', '/nonexistent']],
        ] as [$host, $given]) {
            $run = Process::run([PHP_BINARY, '-d', 'display_errors=1', ...$host, $command, 'php', ...$given, '-r', $code], '', $environment);
            self::assertSame('1', preg_replace('/^.*already loaded.*\n/m', '', trim($run->output)), json_encode([$host, $given]));
            // A -c takes php.ini's place, and the directory is scanned all the same.
            if ($given !== ['-c', '/nonexistent']) {
                self::assertSame(['1', ''], [$run->output, $run->errors], json_encode([$host, $given]));
            }
        }
    }

    public function testWithoutAWayToStartPhp(): void
    {
        $options = ['-d', 'disable_functions=pcntl_exec,proc_open'];
        [$ours] = $this->both($options, ['-r', 'echo 1;']);
        self::assertSame([70, ''], [$ours->status, $ours->output]);
        self::assertSame('ffi-zts: cannot start ' . PHP_BINARY . ": pcntl_exec and proc_open are not to be had; load the extension in php.ini\n",
            $ours->errors);
    }

    public function testWithoutAnExtension(): void
    {
        $run = Process::run([PHP_BINARY, '-n', Process::root() . '/php/bin/ffi-zts', 'php', '-r', 'echo 1;'], '',
            ['FFI_ZTS_EXTENSION' => '/nowhere/ffi_zts.so']);
        self::assertSame([70, ''], [$run->status, $run->output]);
        self::assertStringStartsWith('ffi-zts: ffi_zts.so was not found (looked for /nowhere/ffi_zts.so). `ffi-zts install` brings it, ',
            $run->errors);
    }
}
