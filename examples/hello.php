<?php

/*
 * A script for the guest. From a stock PHP with nothing but the extension loaded:
 *
 *     php -d extension=ffi_zts.so -r 'FfiZts::boot()->runScript("examples/hello.php");'
 *
 * or, without a php.ini line, `php/bin/ffi-zts run examples/hello.php`.
 */

declare(strict_types=1);

printf("Hello from PHP %s, SAPI %s, PHP_ZTS=%d.\n", PHP_VERSION, PHP_SAPI, PHP_ZTS);
