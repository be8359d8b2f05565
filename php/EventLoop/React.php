<?php

declare(strict_types=1);

namespace FfiZts\EventLoop;

use FfiZts\CancelledException;
use FfiZts\Channel;
use FfiZts\Future;
use FfiZts\TimeoutException;
use React\EventLoop\Loop;
use React\EventLoop\LoopInterface;
use React\Promise\Promise;
use React\Promise\PromiseInterface;

/**
 * Futures and channels as promises of ReactPHP.
 *
 * A wait costs nothing: the loop watches a descriptor. While it watches a future, output of the job is delivered.
 */
final class React
{
    /**
     * A promise of what the job returns or throws.
     *
     * cancel() stops the job. It waits for that, as Future::cancel() does: running PHP code stops within milliseconds, and
     * after the option shutdown_timeout the job is given up.
     *
     * @return PromiseInterface<mixed>
     */
    public static function promise(Future $future, ?LoopInterface $loop = null): PromiseInterface
    {
        // Readable also means output: isDone() delivers that.
        $attempt = static fn (): ?array => $future->isDone() ? [$future->await()] : null;
        return self::when($attempt, $future->getStream(...), $loop ?? Loop::get(), static function () use ($future): mixed {
            $future->cancel();
            return $future->await(0.0); // throws, unless the job was quicker
        });
    }

    /**
     * A promise of the next value of the channel. It is rejected when the channel is closed and empty.
     *
     * cancel() stops the wait; no value is lost.
     *
     * @return PromiseInterface<mixed>
     */
    public static function receive(Channel $channel, ?LoopInterface $loop = null): PromiseInterface
    {
        $attempt = static function () use ($channel): ?array {
            if (count($channel) === 0 && !$channel->isClosed()) {
                return null;
            }
            try {
                return [$channel->recv(0.0)];
            } catch (TimeoutException) {
                return null; // another receiver was quicker
            }
        };
        return self::when($attempt, $channel->getStream(...), $loop ?? Loop::get());
    }

    /**
     * A promise that is fulfilled, with null, when the value is in the channel: when there is room or, with capacity 0, when
     * somebody waits in recv(). Two loops do not meet in a channel with capacity 0, since neither waits in it.
     *
     * cancel() stops the wait; nothing is sent.
     *
     * @return PromiseInterface<null>
     */
    public static function send(Channel $channel, mixed $value, ?LoopInterface $loop = null): PromiseInterface
    {
        $attempt = static function () use ($channel, $value): ?array {
            try {
                $channel->send($value, 0.0);
                return [null];
            } catch (TimeoutException) {
                return null;
            }
        };
        return self::when($attempt, $channel->getSendStream(...), $loop ?? Loop::get());
    }

    /**
     * Tries now, and again whenever the stream is readable.
     *
     * @param \Closure(): ?array{mixed} $attempt
     * @param \Closure(): resource      $open
     * @param ?\Closure(): mixed        $stop    what to do when the promise is cancelled
     */
    private static function when(\Closure $attempt, \Closure $open, LoopInterface $loop, ?\Closure $stop = null): PromiseInterface
    {
        $stream = null;
        $forget = static function () use (&$stream, $loop): void {
            if ($stream !== null) {
                $loop->removeReadStream($stream);
                $stream = null;
            }
        };
        $resolver = static function (callable $resolve, callable $reject) use ($attempt, $open, $loop, $forget, &$stream): void {
            $try = static function () use ($attempt, $resolve, $reject, $forget): bool {
                try {
                    $value = $attempt();
                    if ($value === null) {
                        return false;
                    }
                    $forget();
                    $resolve($value[0]);
                } catch (\Throwable $reason) {
                    $forget();
                    $reject($reason);
                }
                return true;
            };
            if (!$try()) {
                $stream = $open();
                $loop->addReadStream($stream, static function () use ($try): void {
                    $try();
                });
            }
        };
        return new Promise($resolver, static function (callable $resolve) use ($forget, $stop): void {
            $forget();
            if ($stop === null) {
                throw new CancelledException('the wait was cancelled');
            }
            $resolve($stop());
        });
    }
}
