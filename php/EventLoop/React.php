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
 * A wait costs nothing: the loop watches a descriptor, one for all futures. While it watches a future, output of jobs is delivered.
 */
final class React
{
    /** @var ?\WeakMap<LoopInterface, Pending> */
    private static ?\WeakMap $pending = null;

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
        $loop ??= Loop::get();
        $key = null;
        $pending = self::pending($loop);
        $resolver = static function (callable $resolve, callable $reject) use ($future, $pending, &$key): void {
            $settle = static function () use ($future, $resolve, $reject): void {
                try {
                    $resolve($future->await());
                } catch (\Throwable $reason) {
                    $reject($reason);
                }
            };
            if ($future->isDone()) {
                $settle();
            } else {
                $key = $pending->add($future, $settle);
            }
        };
        return new Promise($resolver, static function (callable $resolve) use ($future, $pending, &$key): void {
            if ($key !== null) {
                $pending->remove($key);
            }
            $future->cancel();
            $resolve($future->await(0.0)); // throws, unless the job was quicker
        });
    }

    /** The futures that this loop waits for. */
    private static function pending(LoopInterface $loop): Pending
    {
        self::$pending ??= new \WeakMap();
        $weak = \WeakReference::create($loop); // the map would keep the loop otherwise
        return self::$pending[$loop] ??= new Pending(
            static fn ($stream, \Closure $look) => $weak->get()?->addReadStream($stream, static fn () => $look()),
            static fn ($stream) => $weak->get()?->removeReadStream($stream),
        );
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
     */
    private static function when(\Closure $attempt, \Closure $open, LoopInterface $loop): PromiseInterface
    {
        /** @var ?resource $stream what the loop watches */
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
        return new Promise($resolver, static function () use ($forget): void {
            $forget();
            throw new CancelledException('the wait was cancelled');
        });
    }
}
