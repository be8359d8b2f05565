<?php

declare(strict_types=1);

namespace FfiZts\Bundle;

/** A way to get bytes of a file from elsewhere. */
interface Fetch
{
    /**
     * Asks for the bytes from `$from` to `$to`, both included, and hands to the sink what comes.
     *
     * Returning says that the answer ended, not that it was whole: the sink has counted.
     *
     * @param int $limit bytes of the whole file at most
     *
     * @throws FetchError   where the bytes do not come
     * @throws InstallError of the sink
     */
    public function range(string $url, int $from, int $to, int $limit, Sink $sink): void;
}
