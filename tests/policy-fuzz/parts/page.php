<?php

declare(strict_types=1);

// A page: the step comes as the body.
$answer = (require __DIR__ . '/host.php')(unserialize(file_get_contents('php://input')), require __DIR__ . '/probe.php', require __DIR__ . '/fill.php');

echo "\n@@@", base64_encode(serialize($answer)), "@@@\n";
