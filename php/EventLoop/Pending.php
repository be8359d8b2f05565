<?php

declare(strict_types=1);

namespace FfiZts\EventLoop;

use FfiZts\CompletionQueue;
use FfiZts\Future;

/**
 * The futures that one loop waits for: the loop watches one stream for all of them, and none while there are none.
 *
 * @internal
 */
final class Pending
{
    private readonly CompletionQueue $queue;

    /** @var array<int, \Closure(): void> what to do at the end of which future */
    private array $then = [];

    /** @var ?resource what the loop watches now */
    private $stream = null;

    /** @var mixed what $watch returned */
    private mixed $watcher = null;

    /**
     * @param \Closure(resource, \Closure(): void): mixed $watch  has the loop call back whenever the stream is readable
     * @param \Closure(resource, mixed): void             $ignore undoes that; gets what it returned
     */
    public function __construct(private readonly \Closure $watch, private readonly \Closure $ignore)
    {
        $this->queue = new CompletionQueue();
    }

    /**
     * Calls $then, from the loop, when the future's job has ended: a key for remove().
     *
     * @param \Closure(): void $then
     */
    public function add(Future $future, \Closure $then): int
    {
        $key = $this->queue->add($future);
        $this->then[$key] = $then;
        if ($this->stream === null) {
            $this->stream = $this->queue->getStream();
            $this->watcher = ($this->watch)($this->stream, $this->look(...));
        }
        return $key;
    }

    /** Forgets a future, unless it has ended. */
    public function remove(int $key): void
    {
        if (isset($this->then[$key])) {
            unset($this->then[$key]);
            $this->queue->remove($key);
            $this->rest();
        }
    }

    /** Readable also means output: poll() delivers that. */
    private function look(): void
    {
        $ended = [];
        foreach ($this->queue->poll() as $key => $future) {
            $ended[] = $this->then[$key];
            unset($this->then[$key]);
        }
        $this->rest();
        $thrown = null;
        foreach ($ended as $then) {
            try {
                $then();
            } catch (\Throwable $reason) {
                $thrown ??= $reason; // the others are not to wait for ever
            }
        }
        if ($thrown !== null) {
            throw $thrown;
        }
    }

    /** A loop that watches a stream does not end. */
    private function rest(): void
    {
        if ($this->then === [] && $this->stream !== null) {
            ($this->ignore)($this->stream, $this->watcher);
            $this->stream = $this->watcher = null;
        }
    }
}
