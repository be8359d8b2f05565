<?php

declare(strict_types=1);

/** An object that tries when it is destroyed. */
final class Last
{
    public function __construct(private readonly Arena $at)
    {
    }

    public function __destruct()
    {
        $this->at->late(@file_get_contents($this->at->secret()));
    }
}
