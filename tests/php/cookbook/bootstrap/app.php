<?php

/* Stands for the bootstrap/app.php of a Laravel application. */

declare(strict_types=1);

return new class () {
    public function make(string $class): object
    {
        return new class () implements Illuminate\Contracts\Console\Kernel {
            public function bootstrap(): void
            {
            }
        };
    }
};
