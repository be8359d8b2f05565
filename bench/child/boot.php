<?php

// Time from nothing to a guest that takes jobs, and to the end of its first script.
declare(strict_types=1);

namespace FfiZts\Bench\Child;

require __DIR__ . '/engine.php';

$engine = engine();
$start = hrtime(true);
$engine->boot();
$ready = hrtime(true);
$engine->run(SCRIPTS . '/empty.php');
$first = hrtime(true);
report(['ready' => ($ready - $start) / 1e9, 'first' => ($first - $start) / 1e9]);
