<?php
//# valgrind
//# status: 255
//# stderr: threw .*classS.*RuntimeException.*messageS.*second.*previousA.*DomainException.*first
function thrower(): never
{
    try {
        throw new DomainException('first', 7);
    } catch (DomainException $e) {
        throw new RuntimeException('second', 8, $e);
    }
}
thrower();
