<?php

/*
 * Four different scripts at once, and a result of each: a number, an array, a string, an exception.
 *
 *     php -d extension=ffi_zts.so examples/four-scripts.php
 */

declare(strict_types=1);

$vm = FfiZts::boot(['threads' => 4]);
$workers = __DIR__ . '/workers';

$number = $vm->startScript("$workers/fibonacci.php", ['20']);
$counts = $vm->startScript("$workers/words.php", ['one two two three three three']);
$digest = $vm->startScript("$workers/digest.php", ['ffi_zts', '1000']);
$failed = $vm->startScript("$workers/fail.php");

echo 'fibonacci(20) is ', $number->await()->value, "\n";
echo 'word counts are ', json_encode($counts->await()->value), "\n";
echo 'the digest starts with ', substr($digest->await()->value, 0, 16), "\n";

try {
    $failed->await();
    echo "the fourth script should have thrown\n";
} catch (DomainException $exception) {
    echo 'the fourth script threw: ', $exception->getMessage(), "\n";
}
