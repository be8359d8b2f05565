<?php

declare(strict_types=1);

FfiZts::boot()->runScript(__DIR__ . '/parts/lines.php', ['200000']);
