<?php

declare(strict_types=1);

namespace FfiZts\Tests;

use PHPUnit\Framework\TestCase;

/**
 * The adapters for event loops, each in a process of its own.
 *
 * With the stand-ins of loops/stand-in, always: that proves the adapters' own logic and the descriptors. With the real
 * libraries where they are installed (vendor/, or the autoload file that FFI_ZTS_LOOPS names): that they get along.
 */
final class EventLoopTest extends TestCase
{
    private const CHANNELS = <<<'TEXT'
        capacity 0: 200 values, 40200
        capacity 1: 200 values, 40200
        capacity 3: 200 values, 40200
        capacity -1: 200 values, 40200

        TEXT;

    private const MANY = "10000 pending: one descriptor\nsum: 50005000\n";

    private const REVOLT = <<<'TEXT'
        the loop ticks
        opened for %c
        next for %c
        left in the channel: next
        main: 42
        the job threw
        output: 3145728
        cancelled, the job goes on, idle
        stopped: true

        TEXT . self::CHANNELS . "kept\n1 full\n";

    private const REACT = <<<'TEXT'
        the loop ticks
        opened for a
        next for b
        DomainException: the job threw
        output: 3145728
        idle
        FfiZts\CancelledException: the job was cancelled (task %d, %s)
        done: true

        TEXT . self::CHANNELS . "FfiZts\CancelledException: the wait was cancelled\nkept\nFfiZts\CancelledException: the wait was cancelled\n1 full\n"
        . self::MANY;

    public function testRevoltWithAStandIn(): void
    {
        self::assertStringMatchesFormat(self::REVOLT . self::MANY, self::runScript('revolt', __DIR__ . '/loops/stand-in/revolt.php'));
    }

    public function testRevoltItself(): void
    {
        $autoload = self::libraries('Revolt\EventLoop', 'Amp\TimeoutCancellation');
        self::assertStringMatchesFormat(self::REVOLT . "Amp\\Future\\await: 4 9 16\n" . self::MANY, self::runScript('revolt', $autoload));
    }

    public function testReactWithAStandIn(): void
    {
        self::assertStringMatchesFormat(self::REACT, self::runScript('react', __DIR__ . '/loops/stand-in/react.php'));
    }

    public function testReactItself(): void
    {
        $autoload = self::libraries('React\EventLoop\Loop', 'React\Promise\Promise');
        self::assertStringMatchesFormat(self::REACT, self::runScript('react', $autoload));
    }

    /** The autoload file that brings the classes; the test is skipped where there is none. */
    private static function libraries(string ...$classes): string
    {
        foreach ([(string) getenv('FFI_ZTS_LOOPS'), Process::root() . '/vendor/autoload.php'] as $autoload) {
            if (is_file($autoload)) {
                $code = 'require $argv[1]; exit((int) in_array(false, array_map(class_exists(...), array_slice($argv, 2)), true));';
                if (Process::run([PHP_BINARY, '-n', '-r', $code, '--', $autoload, ...$classes])->status === 0) {
                    return $autoload;
                }
            }
        }
        self::markTestSkipped(implode(' and ', $classes) . ' are not installed');
    }

    private static function runScript(string $script, string $autoload): string
    {
        $run = Process::run([PHP_BINARY, '-n', '-d', 'extension=' . Process::extension(), __DIR__ . "/loops/$script.php", $autoload]);
        self::assertSame(['', 0], [$run->errors, $run->status], $run->output);
        return $run->output;
    }
}
