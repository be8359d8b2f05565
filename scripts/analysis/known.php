<?php

/*
 * What php/ uses of others, and neither stubs/ nor the stand-ins of the tests say: for the analyser alone, never run.
 */

declare(strict_types=1);

namespace FfiZts\Internal {
    final class Cli
    {
        /** @param array<string, mixed> $spec */
        public static function main(array $spec): int
        {
        }
    }

    final class Doctor
    {
        /**
         * @param ?array<string, mixed> $options
         *
         * @return list<array{check: string, ok: bool, detail: string, remedy: ?string}>
         */
        public static function findings(?array $options = null): array
        {
        }
    }
}

namespace Amp {
    /** @template-covariant T */
    final class Future
    {
    }

    /**
     * @template T
     *
     * @param \Closure(): T $closure
     *
     * @return Future<T>
     */
    function async(\Closure $closure): Future
    {
    }
}
