<?php

declare(strict_types=1);

/* Composer requires this file at once. With the extension loaded it does nothing. */
if (!extension_loaded('ffi_zts') && !class_exists(FfiZts::class, false)) {
    require __DIR__ . '/FfiZts.php';
}
