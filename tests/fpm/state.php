<?php

declare(strict_types=1);

FfiZts::boot()->runScript(__DIR__ . '/parts/state.php', [$_GET['do'], $_GET['file'] ?? '']);
