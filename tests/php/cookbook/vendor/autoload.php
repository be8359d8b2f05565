<?php

/* Stands for Composer's autoloader, and for the frameworks of docs/cookbook.md. */

declare(strict_types=1);

namespace App {
    final class Report
    {
        private function __construct(public readonly string $title)
        {
        }

        public static function build(int $year): self
        {
            return new self("Report of $year");
        }
    }

    final class Orders
    {
        public function total(int $id): int
        {
            return 10 * $id;
        }
    }

    final class Kernel
    {
        private ?self $booted = null;

        public function __construct(public readonly string $environment, public readonly bool $debug)
        {
        }

        public function boot(): void
        {
            $this->booted = $this;
        }

        public function getContainer(): self
        {
            return $this->booted ?? throw new \LogicException('boot() comes first');
        }

        public function get(string $id): object
        {
            return $id === 'orders' ? new Orders() : throw new \LogicException("no $id");
        }
    }
}

namespace Illuminate\Contracts\Console {
    interface Kernel
    {
        public function bootstrap(): void;
    }
}

namespace {
    function app(string $id): object
    {
        return $id === 'orders' ? new App\Orders() : throw new LogicException("no $id");
    }
}
