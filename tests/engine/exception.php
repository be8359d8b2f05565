<?php
//# valgrind
//# status: 255
//# stderr: threw RuntimeException .message: 'second', code: 8.*previous: DomainException .message: 'first'
function thrower(): never
{
    try {
        throw new DomainException('first', 7);
    } catch (DomainException $e) {
        throw new RuntimeException('second', 8, $e);
    }
}
thrower();
