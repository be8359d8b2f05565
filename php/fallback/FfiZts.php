<?php

declare(strict_types=1);

namespace FfiZts {
    /** Implemented by everything that ffi_zts throws. */
    interface Exception extends \Throwable
    {
        public function getTask(): ?string;

        public function getWorker(): ?string;
    }

    /** Thrown in place of booting when the extension is not loaded; says how to load it. */
    final class NotLoadedError extends \Error implements Exception
    {
        public function getTask(): ?string
        {
            return null;
        }

        public function getWorker(): ?string
        {
            return null;
        }
    }
}

namespace {
    /** Stands in for the extension where it is not loaded, to say how to load it. */
    final class FfiZts
    {
        /**
         * @param array<string, mixed> $options
         *
         * @throws FfiZts\NotLoadedError always
         */
        public static function boot(array $options = []): FfiZts\Vm
        {
            throw new FfiZts\NotLoadedError(FfiZts\Install\NotLoaded::message());
        }

        /** @throws FfiZts\NotLoadedError always */
        public static function scope(string $name): FfiZts\Vm
        {
            throw new FfiZts\NotLoadedError(FfiZts\Install\NotLoaded::message());
        }
    }
}
