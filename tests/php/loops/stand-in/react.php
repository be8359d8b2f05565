<?php

/*
 * What FfiZts\EventLoop\React uses of react/event-loop and react/promise, in a few lines over stream_select().
 *
 * It shows that the adapter's waits work by descriptors alone. What the real libraries make of it, only they can show.
 */

declare(strict_types=1);

namespace React\EventLoop {
    interface LoopInterface
    {
        public function addReadStream($stream, $listener);

        public function removeReadStream($stream);

        public function addTimer($interval, $callback);

        public function run();
    }

    final class StandInLoop implements LoopInterface
    {
        /** @var array<int, array{resource, callable}> */
        private array $streams = [];

        /** @var list<array{float, callable}> */
        private array $timers = [];

        public function addReadStream($stream, $listener)
        {
            $this->streams[(int) $stream] = [$stream, $listener];
        }

        public function removeReadStream($stream)
        {
            unset($this->streams[(int) $stream]);
        }

        public function addTimer($interval, $callback)
        {
            $this->timers[] = [hrtime(true) / 1e9 + $interval, $callback];
        }

        public function run()
        {
            while ($this->streams !== [] || $this->timers !== []) {
                $due = $this->timers === [] ? null : (int) max(0, (min(array_column($this->timers, 0)) - hrtime(true) / 1e9) * 1e6);
                $ready = array_map(static fn (array $watcher) => $watcher[0], $this->streams);
                $none = null;
                if ($ready !== []) {
                    stream_select($ready, $none, $none, $due === null ? null : intdiv($due, 1_000_000), $due === null ? null : $due % 1_000_000);
                } else {
                    usleep($due);
                }
                foreach ($ready as $id => $stream) {
                    isset($this->streams[$id]) && $this->streams[$id][1]($stream);
                }
                foreach ($this->timers as $index => [$time, $callback]) {
                    if ($time <= hrtime(true) / 1e9) {
                        unset($this->timers[$index]);
                        $callback();
                    }
                }
            }
        }
    }

    final class Loop
    {
        private static ?LoopInterface $instance = null;

        public static function get(): LoopInterface
        {
            return self::$instance ??= new StandInLoop();
        }

        public static function run(): void
        {
            self::get()->run();
        }
    }
}

namespace React\Promise {
    interface PromiseInterface
    {
        public function then(?callable $onFulfilled = null, ?callable $onRejected = null): PromiseInterface;

        public function cancel(): void;
    }

    final class Promise implements PromiseInterface
    {
        /** @var ?array{bool, mixed} whether it is fulfilled, and of what */
        private ?array $outcome = null;

        /** @var list<callable> */
        private array $handlers = [];

        private readonly \Closure $resolve;

        private readonly \Closure $reject;

        public function __construct(callable $resolver, private $canceller = null)
        {
            $this->resolve = fn (mixed $value = null) => $this->settle(true, $value);
            $this->reject = fn (\Throwable $reason) => $this->settle(false, $reason);
            $this->attempt($resolver);
        }

        public function then(?callable $onFulfilled = null, ?callable $onRejected = null): PromiseInterface
        {
            return new self(function (callable $resolve, callable $reject) use ($onFulfilled, $onRejected): void {
                $handler = function () use ($resolve, $reject, $onFulfilled, $onRejected): void {
                    [$fulfilled, $value] = $this->outcome;
                    $next = $fulfilled ? $onFulfilled : $onRejected;
                    try {
                        if ($next === null) {
                            $fulfilled ? $resolve($value) : $reject($value);
                        } else {
                            $resolve($next($value));
                        }
                    } catch (\Throwable $reason) {
                        $reject($reason);
                    }
                };
                $this->outcome === null ? $this->handlers[] = $handler : $handler();
            }, $this->cancel(...));
        }

        public function cancel(): void
        {
            if ($this->outcome === null && $this->canceller !== null) {
                $canceller = $this->canceller;
                $this->canceller = null;
                $this->attempt($canceller);
            }
        }

        private function attempt(callable $callback): void
        {
            try {
                $callback($this->resolve, $this->reject);
            } catch (\Throwable $reason) {
                ($this->reject)($reason);
            }
        }

        private function settle(bool $fulfilled, mixed $value): void
        {
            if ($this->outcome === null) {
                $this->outcome = [$fulfilled, $value];
                foreach ($this->handlers as $handler) {
                    $handler();
                }
            }
        }
    }
}
