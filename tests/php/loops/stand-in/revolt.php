<?php

/*
 * What FfiZts\EventLoop\Revolt uses of revolt/event-loop and amphp/amp, in a few lines over stream_select().
 *
 * It shows that the adapter's waits work by descriptors alone. What the real libraries make of it, only they can show.
 */

declare(strict_types=1);

namespace Revolt\EventLoop {
    final class Driver
    {
    }

    interface Suspension
    {
        public function resume(mixed $value = null): void;

        public function suspend(): mixed;

        public function throw(\Throwable $throwable): void;
    }

    final class StandInSuspension implements Suspension
    {
        private ?\Closure $outcome = null;

        private bool $pending = false;

        public function __construct(private readonly ?\Fiber $fiber)
        {
        }

        public function resume(mixed $value = null): void
        {
            $this->end(static fn (): mixed => $value);
        }

        public function throw(\Throwable $throwable): void
        {
            $this->end(static fn (): mixed => throw $throwable);
        }

        public function suspend(): mixed
        {
            $this->pending = true;
            $this->outcome = null;
            if ($this->fiber !== null) {
                \Fiber::suspend();
            } else {
                while ($this->outcome === null) {
                    \Revolt\EventLoop::tick() || throw new \Error('nothing can resume the suspension');
                }
            }
            return ($this->outcome)();
        }

        private function end(\Closure $outcome): void
        {
            $this->pending || throw new \Error('Must call suspend() before calling resume() or throw()');
            $this->pending = false;
            $this->outcome = $outcome;
            if ($this->fiber !== null) {
                \Revolt\EventLoop::queue(fn () => $this->fiber->resume());
            }
        }
    }
}

namespace Revolt {
    final class EventLoop
    {
        /** @var list<\Closure> */
        private static array $queue = [];

        /** @var array<string, array{resource, \Closure}> */
        private static array $readable = [];

        /** @var array<string, array{float, \Closure}> */
        private static array $timers = [];

        private static int $ids = 0;

        public static function queue(\Closure $closure, mixed ...$arguments): void
        {
            self::$queue[] = static fn () => $closure(...$arguments);
        }

        public static function delay(float $delay, \Closure $closure): string
        {
            self::$timers[$id = 't' . ++self::$ids] = [hrtime(true) / 1e9 + $delay, $closure];
            return $id;
        }

        public static function onReadable(mixed $stream, \Closure $closure): string
        {
            self::$readable[$id = 'r' . ++self::$ids] = [$stream, $closure];
            return $id;
        }

        public static function cancel(string $id): void
        {
            unset(self::$readable[$id], self::$timers[$id]);
        }

        public static function getDriver(): EventLoop\Driver
        {
            static $driver;
            return $driver ??= new EventLoop\Driver();
        }

        public static function getSuspension(): EventLoop\Suspension
        {
            return new EventLoop\StandInSuspension(\Fiber::getCurrent());
        }

        public static function run(): void
        {
            while (self::tick()) {
                continue;
            }
        }

        /** One round; false: there is nothing to wait for. */
        public static function tick(): bool
        {
            while (self::$queue !== []) {
                (new \Fiber(array_shift(self::$queue)))->start();
            }
            if (self::$readable === [] && self::$timers === []) {
                return false;
            }
            $due = self::$timers === [] ? null : (int) max(0, (min(array_column(self::$timers, 0)) - hrtime(true) / 1e9) * 1e6);
            $ready = array_map(static fn (array $watcher) => $watcher[0], self::$readable);
            $none = null;
            if ($ready !== []) {
                stream_select($ready, $none, $none, $due === null ? null : intdiv($due, 1_000_000), $due === null ? null : $due % 1_000_000);
            } else {
                usleep($due);
            }
            foreach (array_keys($ready) as $id) {
                if (isset(self::$readable[$id])) {
                    (new \Fiber(self::$readable[$id][1]))->start($id, self::$readable[$id][0]);
                }
            }
            foreach (self::$timers as $id => [$time, $closure]) {
                if ($time <= hrtime(true) / 1e9) {
                    unset(self::$timers[$id]);
                    (new \Fiber($closure))->start($id);
                }
            }
            return true;
        }
    }
}

namespace Amp {
    final class CancelledException extends \Exception
    {
    }

    interface Cancellation
    {
        public function subscribe(\Closure $callback): string;

        public function unsubscribe(string $id): void;

        public function isRequested(): bool;

        public function throwIfRequested(): void;
    }

    final class TimeoutCancellation implements Cancellation
    {
        /** @var array<string, \Closure> */
        private array $callbacks = [];

        private bool $requested = false;

        private int $ids = 0;

        public function __construct(float $timeout)
        {
            \Revolt\EventLoop::delay($timeout, function (): void {
                $this->requested = true;
                foreach ($this->callbacks as $callback) {
                    $callback(new CancelledException('The operation was cancelled'));
                }
            });
        }

        public function subscribe(\Closure $callback): string
        {
            $this->callbacks[$id = 's' . ++$this->ids] = $callback;
            return $id;
        }

        public function unsubscribe(string $id): void
        {
            unset($this->callbacks[$id]);
        }

        public function isRequested(): bool
        {
            return $this->requested;
        }

        public function throwIfRequested(): void
        {
            $this->requested && throw new CancelledException('The operation was cancelled');
        }
    }
}
