<?php

declare(strict_types=1);

// A script of the guest: what it is to do, as a serialized array.
[, $text] = $argv;
$plan = unserialize(base64_decode($text));
if (isset($plan['fill'])) {
    return (require __DIR__ . '/fill.php')($plan['fill']);
}
return (require __DIR__ . '/probe.php')($plan, require __DIR__ . '/probe.php', require __DIR__ . '/fill.php');
