<?php

if ($argv[1] === 'throw') {
    throw new DomainException('thrown in the guest');
}
if ($argv[1] === 'fatal') {
    ini_set('memory_limit', '4M');
    $x = str_repeat('x', 64 << 20);
}
exit(3);
