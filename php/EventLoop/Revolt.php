<?php

declare(strict_types=1);

namespace FfiZts\EventLoop;

use Amp\Cancellation;
use FfiZts\Channel;
use FfiZts\Future;
use FfiZts\TimeoutException;
use Revolt\EventLoop;

/**
 * Futures and channels in Revolt's loop, and so beside amphp: a wait suspends the fiber, and the others go on.
 *
 * A wait costs nothing: the loop watches a descriptor, one for all futures. While it watches a future, output of jobs is delivered.
 */
final class Revolt
{
    /** @var ?\WeakMap<EventLoop\Driver, Pending> */
    private static ?\WeakMap $pending = null;

    /**
     * What the job returns.
     *
     * The cancellation stops the wait; the job goes on. Future::cancel() stops the job.
     *
     * @throws \Amp\CancelledException when the cancellation is requested first
     * @throws \Throwable              what the job threw
     */
    public static function await(Future $future, ?Cancellation $cancellation = null): mixed
    {
        if (!$future->isDone()) {
            $pending = self::pending();
            self::suspend(static function (\Closure $resume) use ($pending, $future): \Closure {
                $key = $pending->add($future, $resume);
                return static fn () => $pending->remove($key);
            }, $cancellation);
        }
        return $future->await();
    }

    /**
     * The same as a future of amphp, for its combinators.
     *
     * @return \Amp\Future<mixed>
     */
    public static function future(Future $future): \Amp\Future
    {
        return \Amp\async(static fn (): mixed => self::await($future));
    }

    /**
     * The next value of the channel.
     *
     * @throws \FfiZts\ClosedException when it is closed and empty
     * @throws \Amp\CancelledException when the cancellation is requested first; no value is lost
     */
    public static function receive(Channel $channel, ?Cancellation $cancellation = null): mixed
    {
        $stream = null;
        while (true) {
            while (count($channel) === 0 && !$channel->isClosed()) {
                self::wait($stream ??= $channel->getStream(), $cancellation);
            }
            try {
                return $channel->recv(0.0);
            } catch (TimeoutException) {
                // Another receiver was quicker.
            }
        }
    }

    /**
     * Sends when there is room or, with capacity 0, when somebody waits in recv(). Two fibers of loops do not meet in a
     * channel with capacity 0, since neither waits in it: give it a capacity.
     *
     * @throws \FfiZts\ClosedException when the channel is closed
     * @throws \Amp\CancelledException when the cancellation is requested first; nothing is sent
     */
    public static function send(Channel $channel, mixed $value, ?Cancellation $cancellation = null): void
    {
        $stream = null;
        while (true) {
            try {
                $channel->send($value, 0.0);
                return;
            } catch (TimeoutException) {
                self::wait($stream ??= $channel->getSendStream(), $cancellation);
            }
        }
    }

    /** The futures that this loop waits for. */
    private static function pending(): Pending
    {
        self::$pending ??= new \WeakMap();
        return self::$pending[EventLoop::getDriver()] ??= new Pending(
            static fn ($stream, \Closure $look): string => EventLoop::onReadable($stream, static fn () => $look()),
            static fn ($stream, string $watcher) => EventLoop::cancel($watcher),
        );
    }

    /** @param resource $stream */
    private static function wait($stream, ?Cancellation $cancellation): void
    {
        self::suspend(static function (\Closure $resume) use ($stream): \Closure {
            $watcher = EventLoop::onReadable($stream, static fn () => $resume());
            return static fn () => EventLoop::cancel($watcher);
        }, $cancellation);
    }

    /**
     * Suspends the fiber until what $begin is given is called.
     *
     * @param \Closure(\Closure(): void): (\Closure(): void) $begin begins the wait, and returns what ends it
     */
    private static function suspend(\Closure $begin, ?Cancellation $cancellation): void
    {
        $cancellation?->throwIfRequested();
        $suspension = EventLoop::getSuspension();
        /** @var bool $waiting whether nothing has resumed the fiber */
        $waiting = true;
        $resume = static function (?\Throwable $reason = null) use ($suspension, &$waiting): void {
            if ($waiting) {
                $waiting = false;
                $reason === null ? $suspension->resume() : $suspension->throw($reason);
            }
        };
        $end = $begin(static fn () => $resume());
        $subscription = $cancellation?->subscribe($resume);
        try {
            $suspension->suspend();
        } finally {
            $waiting = false;
            $end();
            if ($cancellation !== null && $subscription !== null) {
                $cancellation->unsubscribe($subscription);
            }
        }
    }
}
