<?php

declare(strict_types=1);

/** What is there, or null. */
function receive(FfiZts\Channel $channel): mixed
{
    try {
        return $channel->recv(0.0);
    } catch (FfiZts\TimeoutException) {
        return null;
    }
}
