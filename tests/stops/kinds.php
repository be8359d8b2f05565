<?php

/**
 * Kinds of busy code, each an endless loop: what a stop may find half done. The file is compiled in the guest (and by its JIT), and in
 * the host, which sends the closures. Every kind makes Counted objects and strings of 150 kB, so that one temporary that is
 * forgotten, or freed twice, is seen.
 */

declare(strict_types=1);

return [
    'calls within calls' => static function (): void {
        for ($i = 0;; $i++) {
            strtoupper(md5("x$i"));
            strrev(strtoupper(substr(Stops::big($i), 0, 10)) . strtolower(md5("y$i")));
        }
    },
    'many arguments' => static function (): void {
        for ($i = 0;; $i++) {
            str_replace(md5("a$i"), strrev("b$i"), implode(',', [Stops::big($i), strtoupper("c$i"), md5((string) $i)]));
            Stops::take(new Counted(), Stops::big($i), Stops::take(new Counted(), md5("$i"), [$i]), strrev("$i"));
        }
    },
    'methods' => static function (): void {
        while (true) {
            (new Counted())->with(new Counted())->with((new Counted())->me())->name(strrev(Stops::big(1)));
        }
    },
    'new with arguments' => static function (): void {
        for ($i = 0;; $i++) {
            new Counted(new Counted(Stops::big($i)), [new Counted(), md5("$i")]);
            Stops::take(new Counted(strrev("$i"), new Counted()), new ArrayObject([new Counted()]));
        }
    },
    'named arguments' => static function (): void {
        for ($i = 0;; $i++) {
            Stops::named(c: Stops::big($i), a: new Counted(md5("$i")));
            Stops::named(new Counted(), d: strrev("$i"), c: Stops::named(b: new Counted(), a: md5("$i")));
            htmlspecialchars(string: strrev("<$i>"), double_encode: (bool) strlen(md5("$i")));
        }
    },
    'spread' => static function (): void {
        for ($i = 0;; $i++) {
            Stops::take(...[new Counted(), md5("$i"), ...Stops::three($i)]);
            Stops::take(strrev("$i"), ...Stops::three($i));
            Stops::named(...['c' => Stops::big($i), 'a' => new Counted()]);
            max(...array_map('strlen', [md5("$i"), Stops::big($i)]));
        }
    },
    'ropes' => static function (): void {
        for ($i = 0;; $i++) {
            $text = "a $i " . "b {$i} " . strrev("c $i d " . md5("$i") . " e");
            $text = "one {${'text'}} two $text three {$i}";
            Stops::take("x " . strtoupper("$i") . " y", "a " . Stops::big($i) . " $i", $text);
            $object = new Counted("n$i");
            $text = "name {$object->name(strrev("$i"))} and {$object->name(Stops::big($i))} end";
        }
    },
    'ternaries' => static function (): void {
        for ($i = 0;; $i++) {
            Stops::take($i % 2 ? new Counted(md5("$i")) : strrev("b$i"), ($i % 3 ? Stops::big($i) : 'c') . md5("d$i"));
            strtoupper(($i % 2 ? md5("$i") : strrev("$i")) . ($i % 3 ?: md5("z$i")));
            Stops::take($i % 5 === 0 ? null : new Counted(), Stops::nothing() ?? Stops::big($i), Stops::nothing() ?: new Counted());
        }
    },
    'logic' => static function (): void {
        for ($i = 0;; $i++) {
            Stops::take(strlen(Stops::big($i)) && $i % 2 && (new Counted())->me(), $i % 2 || strlen(md5("$i")) xor isset($x));
            $x = ($i % 2 and md5("$i")) or new Counted();
        }
    },
    'match' => static function (): void {
        for ($i = 0;; $i++) {
            Stops::take(new Counted(), match (strlen(md5("$i")) + $i % 4) {
                32 => Stops::big($i),
                33, 34 => new Counted(md5("$i")),
                default => [strrev("$i"), new Counted()],
            }, match (true) {
                $i % 2 === 0 => md5("$i"),
                default => Stops::big($i),
            });
        }
    },
    'switch and return' => static function (): void {
        $one = static function (int $i): mixed {
            foreach (Stops::three($i) as $at => $value) {
                switch (md5((string) ($i % 3))) {
                    case md5('0'):
                        return Stops::take($value, new Counted());
                    case md5('1'):
                        continue 2;
                    default:
                        foreach ([new Counted(), $value] as $inner) {
                            if ($at) {
                                return strrev(Stops::big($i));
                            }
                        }
                }
            }
            return new Counted();
        };
        for ($i = 0;; $i++) {
            $one($i);
        }
    },
    'null-safe' => static function (): void {
        for ($i = 0;; $i++) {
            Stops::take(Stops::perhaps($i)?->with(new Counted(md5("$i")))?->name(Stops::big($i)), Stops::perhaps($i + 1)?->held);
        }
    },
    'foreach over temporaries' => static function (): void {
        for ($i = 0;; $i++) {
            foreach (Stops::three($i) as $key => $value) {
                Stops::take($key, $value, strrev("$i"));
            }
            foreach ([[new Counted(), [md5("$i")]], [Stops::big($i), [2]]] as [$one, [$two]]) {
                Stops::take($one, $two);
            }
            foreach (new ArrayIterator(Stops::three($i)) as $value) {
                strlen(md5("$i"));
            }
        }
    },
    'foreach by reference' => static function (): void {
        for ($i = 0;; $i++) {
            $list = Stops::three($i);
            foreach ($list as &$value) {
                $value = [$value, strrev(Stops::big($i))];
                $list[md5("$i")] ??= new Counted();
            }
            unset($value);
        }
    },
    'generators' => static function (): void {
        $some = static function (int $i): Generator {
            try {
                $got = yield Stops::big($i) => new Counted();
                Stops::take(strrev("$i"), yield md5("$i"), new Counted(), $got);
            } finally {
                strlen(md5("$i"));
            }
        };
        $more = static function (int $i) use ($some): Generator {
            yield new Counted();
            $back = yield from $some($i);
            yield from [1, new Counted(), strrev("$i")];
            return $back;
        };
        for ($i = 0;; $i++) {
            foreach ($more($i) as $key => $value) {
                Stops::take($key, $value);
            }
            $sent = $more($i);
            $sent->current();
            $sent->next();
            $sent->send(new Counted());
        }
    },
    'fibers' => static function (): void {
        for ($i = 0;; $i++) {
            $fiber = new Fiber(static function (Counted $given) use ($i): mixed {
                try {
                    return Stops::take(Stops::big($i), Fiber::suspend(new Counted()), md5("$i"), $given);
                } finally {
                    strrev(md5("$i"));
                }
            });
            Stops::take($fiber->start(new Counted()), md5("$i"));
            $fiber->resume(strrev("$i"));
        }
    },
    'finally' => static function (): void {
        $one = static function (int $i): mixed {
            foreach (Stops::three($i) as $value) {
                try {
                    if ($i % 3 === 0) {
                        return strrev(Stops::big($i));
                    }
                    if ($i % 3 === 1) {
                        throw new DomainException(md5("$i"));
                    }
                } catch (RangeException) {
                } finally {
                    Stops::take($value, new Counted(), md5("$i"));
                    if ($i % 2) {
                        return new Counted();
                    }
                }
            }
            return null;
        };
        for ($i = 0;; $i++) {
            try {
                $one($i);
            } catch (DomainException $failure) {
                strlen($failure->getMessage());
            }
        }
    },
    'exceptions' => static function (): void {
        for ($i = 0;; $i++) {
            try {
                Stops::take(new Counted(), Stops::big($i), $i % 2 ? throw new LogicException(md5("$i")) : 1, Stops::fails($i));
            } catch (LogicException | RangeException $failure) {
                $failure->getPrevious()?->getMessage();
            }
        }
    },
    'usort' => static function (): void {
        for ($i = 0;; $i++) {
            $list = array_map(static fn (int $n): array => [md5((string) $n), new Counted()], range(1, 20));
            usort($list, static fn (array $a, array $b): int => strcmp(strrev($a[0]), strrev($b[0])));
            uksort($list, static fn (int $a, int $b): int => md5((string) $a) <=> md5((string) $b));
        }
    },
    'preg_replace_callback' => static function (): void {
        for ($i = 0;; $i++) {
            preg_replace_callback('/[a-f]/', static fn (array $found): string => strtoupper(strrev($found[0] . $i)), md5("$i") . new Counted());
        }
    },
    'array functions' => static function (): void {
        for ($i = 0;; $i++) {
            array_filter(array_map('strrev', array_map('md5', ["a$i", "b$i"])), static fn (string $text): bool => strlen(Stops::big($i)) > strlen($text));
            $list = [[md5("$i"), Stops::big($i)], ['a' => strrev("$i")]];
            array_walk_recursive($list, static fn (mixed &$value, int|string $key, Counted $with) => $value = [$value, $with], new Counted());
            array_reduce([1, 2, 3], static fn (?Counted $with, int $n): Counted => new Counted($with, md5("$n")));
        }
    },
    'call_user_func' => static function (): void {
        for ($i = 0;; $i++) {
            call_user_func_array([new Counted(), 'with'], [new Counted(md5("$i"))]);
            call_user_func('Stops::take', Stops::big($i), new Counted(), strrev("$i"));
            $name = $i % 2 ? 'strrev' : 'strtoupper';
            $name(md5("$i") . Stops::big($i));
            [new Counted(), 'name'](md5("$i"));
            (static fn (mixed ...$all): array => $all)(new Counted(), md5("$i"), ...[strrev("$i")]);
        }
    },
    'include' => static function (): void {
        for ($i = 0;; $i++) {
            Stops::take(new Counted(), include __DIR__ . '/parts/included.php', md5("$i"));
        }
    },
    'eval' => static function (): void {
        for ($i = 0;; $i++) {
            Stops::take(new Counted(), eval('return [md5((string) $i), new Counted(strrev("$i"))];'));
        }
    },
    'silence' => static function (): void {
        for ($i = 0;; $i++) {
            Stops::take(@file_get_contents('/' . md5("$i")), @Stops::take(new Counted(), @strrev(Stops::big($i))), @$none[md5("$i")]);
            if (error_reporting() !== E_ALL) {
                throw new LogicException('error_reporting');
            }
        }
    },
    'closures' => static function (): void {
        for ($i = 0;; $i++) {
            $held = new Counted(md5("$i"));
            $make = static fn (mixed $more): Closure => static fn (): array => [$held, $more, strrev("$i")];
            $make(new Counted())();
            Stops::take(strrev(...), $held->name(...), $make(Stops::big($i)));
            (function () use ($held, &$i) { return [$held, md5("$i")]; })->call(new Counted());
        }
    },
    'magic methods' => static function (): void {
        for ($i = 0;; $i++) {
            $magic = new Magic();
            $magic->{md5("$i")} = Stops::take($magic->one, Stops::big($i));
            $magic->call(new Counted(), $magic->two, strrev("$i"));
            Magic::there(new Counted(), md5("$i"));
            strrev($magic . md5("$i"));
            isset($magic->{strrev("$i")}, $magic[md5("$i")]);
            unset($magic[strrev("$i")]);
        }
    },
    'dimensions' => static function (): void {
        for ($i = 0;; $i++) {
            $magic = new Magic();
            $all = [];
            $all[md5("$i")][strrev("$i")][] = Stops::take(new Counted(), Stops::big($i));
            $all[md5("$i")][strrev("$i")][1] ??= new Counted(md5("$i"));
            $all['text'] = ($all['text'] ?? '') . md5("$i") . Stops::big($i);
            $all['text'] .= strrev("$i");
            $magic[md5("$i")] = new Counted(strrev("$i"));
            $magic[strrev("$i")] .= md5("$i");
            [0 => $one, 'k' => [$two]] = [Stops::big($i), 'k' => [new Counted(md5("$i"))]];
            [$one, $two] = [$two, strrev($one)];
            Stops::three($i)[strlen(md5("$i")) % 3];
        }
    },
    'properties' => static function (): void {
        for ($i = 0;; $i++) {
            $object = new Counted(new Counted());
            $object->held->held = Stops::take(new Counted(), md5("$i"));
            $object->list[md5("$i")] = strrev(Stops::big($i));
            $object->list[strrev("$i")] ??= new Counted(md5("$i"));
            $object->number += strlen(md5("$i"));
            $object->text .= md5("$i") . strrev("$i");
            Counted::$kept[md5((string) ($i % 5))] = strrev(Stops::big($i));
            Counted::$total += strlen(md5("$i"));
            clone Stops::take($object, md5("$i"));
        }
    },
    'dynamic classes' => static function (): void {
        for ($i = 0;; $i++) {
            $class = $i % 2 ? 'Counted' : 'Magic';
            new $class(md5("$i"), new Counted());
            $class::there(new Counted(), strrev("$i"));
            $object = new Counted();
            Stops::take($object::there(Stops::big($i)), md5("$i") instanceof $class, $object instanceof $class, $object::NAME . md5("$i"), $class::$total . strrev("$i"));
        }
    },
    'anonymous classes' => static function (): void {
        for ($i = 0;; $i++) {
            Stops::take(new class (new Counted(), md5("$i")) extends Counted {
            }, strrev("$i"), (new class ([Stops::big($i)]) extends ArrayObject {
            })->count());
        }
    },
    'arrays' => static function (): void {
        for ($i = 0;; $i++) {
            Stops::take([md5("$i"), ...Stops::three($i), 'k' => new Counted(strrev("$i")), md5("$i") => [Stops::big($i)], ...['s' => new Counted()]]);
            $copy = [...Stops::three($i), ...Stops::three($i + 1)];
            $copy[] = [strrev("$i") => [new Counted(), md5("$i")]];
        }
    },
    'casts and operators' => static function (): void {
        for ($i = 0;; $i++) {
            $text = (string) new Counted(md5("$i")) . (int) strrev("$i") * strlen(md5("$i"));
            $sum = strlen(md5("$i")) + strlen(Stops::big($i)) * $i - strlen(strrev("$i")) ** 2;
            $same = md5("$i") === strrev("$i") || [new Counted(), md5("$i")] == [1, 2] || ((array) new Counted() <=> [md5("$i")]) > 0;
            Stops::take(-$sum, !$same, $text . $sum, (object) ['a' => new Counted()], print_r([md5("$i")], true));
        }
    },
    'serialize and json' => static function (): void {
        $file = __DIR__ . '/parts/data.json';
        while (true) {
            $data = json_decode((string) file_get_contents($file));
            md5(serialize($data));
            unserialize(serialize([new Counted(Stops::big(1)), new Counted()]));
            json_encode([$data, md5('x')], JSON_THROW_ON_ERROR);
        }
    },
    'recursion' => static function (): void {
        $fibonacci = static function (int $n) use (&$fibonacci): int {
            return $n < 2 ? strlen(md5("$n")) - 31 : $fibonacci($n - 1) + $fibonacci($n - 2);
        };
        $tree = static function (int $depth) use (&$tree): array {
            return $depth === 0 ? [new Counted(md5('x'))] : [$tree($depth - 1), strrev(Stops::big($depth)), $tree($depth - 1)];
        };
        while (true) {
            $fibonacci(12);
            $tree(4);
        }
    },
    'numbers' => static function (): void {
        $seed = 1;
        for ($i = 0;; $i++) {
            $seed = ($seed * 1103515245 + 12345) & 0x7fffffff;
            for ($j = 0; $j < 100; $j++) {
                $seed ^= $j << ($seed & 7);
                $half = $seed / ($j + 1);
            }
            Stops::take(new Counted($half), sqrt($half) . md5((string) $seed));
        }
    },
    'static variables' => static function (): void {
        $next = static function (): int {
            static $n = 0;
            static $held = [];
            $held[md5((string) ($n % 7))] = [strrev("$n"), strlen(Stops::big($n))];
            return $n++;
        };
        while (true) {
            Stops::take($next(), new Counted(md5((string) $next())));
        }
    },
    'iterators of C' => static function (): void {
        for ($i = 0;; $i++) {
            $storage = new SplObjectStorage();
            $storage[new Counted()] = Stops::big($i);
            foreach ($storage as $at => $object) {
                Stops::take($at, $object, $storage[$object], md5("$i"));
            }
            foreach (new LimitIterator(new CachingIterator(new ArrayIterator(Stops::three($i))), 0, 2) as $value) {
                Stops::take($value, strrev("$i"));
            }
            iterator_to_array(new CallbackFilterIterator(new ArrayIterator(Stops::three($i)), static fn (mixed $value): bool => (bool) strlen(md5("$i"))));
        }
    },
    'output buffers' => static function (): void {
        for ($i = 0;; $i++) {
            ob_start(static fn (string $text): string => strrev($text) . md5("$i"));
            echo md5("$i"), new Counted(), Stops::big($i);
            Stops::take(ob_get_clean(), new Counted());
            print(strlen(sprintf('%s %s', md5("$i"), strrev("$i"))) > 1e9 ? 'x' : '');
        }
    },
    'generators that are dropped' => static function (): void {
        $some = static function (int $i): Generator {
            try {
                yield Stops::big($i);
                yield Stops::take(new Counted(), yield Stops::big($i));
            } finally {
                for ($j = 0; $j < 20; $j++) {
                    Stops::take(new Counted(), strrev(Stops::big($j)));
                }
            }
        };
        for ($i = 0;; $i++) {
            $held = $some($i);
            $held->current();
            $held = null;
            $held = $some($i);
            $held->current();
            $held->next();
            foreach ($some($i) as $value) {
                break;
            }
            Stops::take($some($i)->current());
            $all = [$some($i), $some($i)];
            $all[0]->current();
            $all[1]->current();
            unset($all[1]);
            $all = Stops::big($i);
        }
    },
    'fibers that are dropped' => static function (): void {
        for ($i = 0;; $i++) {
            $fiber = new Fiber(static function (Counted $given) use ($i): mixed {
                try {
                    return Stops::take(Stops::big($i), Fiber::suspend(new Counted()), md5("$i"), $given);
                } finally {
                    for ($j = 0; $j < 20; $j++) {
                        Stops::take(new Counted(), strrev(Stops::big($j)));
                    }
                }
            });
            Stops::take($fiber->start(new Counted()), md5("$i"));
            $fiber = null;
        }
    },
    'error handlers' => static function (): void {
        set_error_handler(static function (int $type, string $text): bool {
            Stops::take(new Counted(), Stops::big(strlen($text)));
            return true;
        });
        for ($i = 0;; $i++) {
            Stops::take(new Counted(), $none, [1][2], Stops::big($i) . $none2, "{$none3} x " . Stops::big($i));
            $list = [new Counted()];
            $list[$none4][md5("$i")] = Stops::big($i);
            $text = Stops::big($i) . [Stops::big($i)];
            $none5 .= Stops::big($i);
            $none6['a'] .= Stops::big($i);
            $none7++;
            unset($none5, $none6, $none7);
            (new Counted())->nothing;
            Stops::take((new Counted())->{Stops::big(3)}, $list['none'] + strlen(Stops::big($i)));
            [$a, $b] = [new Counted()];
            hexdec('x' . Stops::big($i));
            trigger_error(Stops::big($i));
            foreach ($none8 as $x) {
            }
        }
    },
    'references' => static function (): void {
        $by = static function (mixed &$one, mixed &...$more): void {
            $one = [Stops::big(1), new Counted()];
            foreach ($more as &$each) {
                $each = Stops::big(3);
            }
        };
        for ($i = 0;; $i++) {
            $list = [[new Counted(), Stops::big($i)], 'k' => [[md5("$i")]]];
            [0 => [&$a, $b], 'k' => [&$c]] = $list;
            $c[] = Stops::big($i);
            $by($list[Stops::big(1)][0], $list["k"], ...$list['k']);
            $by($list[strrev('ab')][strrev('cd')], $list['z'][]);
            Stops::refer($list[0][md5("$i")], Stops::big($i), $list[1]);
            sort($list[0]);
            preg_match('/A/', Stops::big(0), $list[Stops::big(2)]);
            array_walk($list, static function (mixed &$value, int|string $key) {
                $value = [$value, new Counted(), strrev(Stops::big(1))];
            });
            $ref = &$list[md5("$i")][0];
            $ref = new Counted();
            unset($a, $b, $c, $ref, $list);
            foreach ([Stops::three($i)] as [&$one, $two]) {
                $one = Stops::big($i);
            }
            unset($one);
        }
    },
    'named and spread arguments' => static function (): void {
        $magic = new Magic();
        for ($i = 0;; $i++) {
            Stops::named(...['c' => Stops::big($i), 'zz' => new Counted()], x: Stops::big(1), y: new Counted(Stops::big(2)));
            Stops::take(...Stops::lazily($i), ...['k' => Stops::big($i), 'l' => new Counted(...['q' => Stops::big(3)])]);
            Stops::named(d: Stops::named(e: Stops::big(1), a: Stops::take(Stops::big(2), x: Stops::big(3))), b: new Counted());
            new Counted(...Stops::lazily($i), x: Stops::big($i));
            [...Stops::lazily($i), Stops::big(1), ...Stops::lazily($i)];
            Stops::take(Stops::big(1), ...Stops::lazily($i), ...Stops::lazily(3));
            call_user_func_array('Stops::named', ['c' => Stops::big(1), 'more' => new Counted(), 'b' => Stops::big(2)]);
            call_user_func('Stops::named', c: Stops::big(1), zz: new Counted(), b: Stops::big(2));
        }
    },
    'calls of calls' => static function (): void {
        $magic = new Magic();
        for ($i = 0;; $i++) {
            Stops::take(...)(Stops::big($i), new Counted());
            $magic->named(...)(Stops::big($i), new Counted());
            Closure::fromCallable([$magic, 'some' . $i % 2])(Stops::big($i), new Counted());
            (fn () => Stops::take(...func_get_args()))(Stops::big(1), new Counted());
            (new ReflectionMethod('Stops', 'take'))->invoke(null, Stops::big(1), new Counted());
            (new ReflectionClass('Counted'))->newInstance(Stops::big(1), new Counted())->with(new Counted(Stops::big($i)));
            Closure::bind(function (mixed ...$all) { return [$this, $all]; }, new Counted(), Counted::class)(Stops::big(1), new Counted());
            Stops::take(Stops::take(...), strlen(...), Stops::take(...)(Stops::big(1)), (clone new Counted())->name(Stops::big($i)));
        }
    },
    'branches within arguments' => static function (): void {
        for ($i = 0;; $i++) {
            Stops::take(Stops::big($i), Stops::perhaps($i)?->with(new Counted(Stops::big(1)))?->list[Stops::take(Stops::big(2))] ?? Stops::big(1), new Counted());
            Stops::take(Stops::big($i), match (Stops::take(Stops::big($i % 3))) {
                Stops::big(0) => new Counted(Stops::big(4), match (Stops::take(Stops::big($i % 2))) {
                    Stops::big(1) => Stops::big(3),
                    default => new Counted(),
                }),
                Stops::big(1), Stops::take(Stops::big(2)) => Stops::take(Stops::big(3)),
            }, Stops::big($i) ?: Stops::big(2), Stops::nothing() ?: Stops::big(3));
            Stops::take(isset(Stops::take(new Counted())->list[Stops::take(Stops::big(2))]), empty(Stops::take([Stops::big(1)])[Stops::take(Stops::big(2))]),
                Stops::take(Stops::big(1)) === Stops::take(Stops::big(2)) && Stops::take(Stops::big(3)), Stops::take(Stops::big(1)) instanceof Counted);
            Stops::take(Stops::nothing()?->with(Stops::big(1), new Counted(Stops::big(2))), Stops::big(3), $i % 2 ? (Stops::nothing() ?? Stops::big(1)) . Stops::big(2) : [Stops::big(3), ...Stops::three(1)]);
        }
    },
    'what ??= has not' => static function (): void {
        for ($i = 0;; $i++) {
            $all = [];
            $all[Stops::big(1)][Stops::take(Stops::big(2))] ??= Stops::take(Stops::big(3), new Counted());
            $object = new Counted();
            Stops::take($object)->list[Stops::big(1)][Stops::take(Stops::big(2))] ??= new Counted(Stops::big(3));
            Stops::take(Stops::big(1), $object->list[Stops::take(Stops::big(4))] ??= Stops::big(3));
            unset(Counted::$kept[Stops::big(1)]);
            Counted::$kept[Stops::take(Stops::big(1))] ??= Stops::take(Stops::big(1));
        }
    },
    'new in initialisers' => static function (): void {
        $one = static function (mixed $a, mixed $b = new Counted(new Counted(), [1, 2]), mixed ...$more): mixed {
            static $n = [PHP_VERSION . 'x'];

            return [$a, $b, $more, $n];
        };
        for ($i = 0;; $i++) {
            $one(Stops::big($i));
            $one(a: Stops::big($i), c: new Counted());
            Suit::from(1 + $i % 2)->name(Stops::big($i));
            Suit::tryFrom(strlen(Stops::big($i)));
            Stops::take(Suit::One, Suit::Two->name(Stops::big(1)), Suit::NAME, new Fixed(Stops::big(1), new Counted(Stops::big(2))));
            Stops::take([...Stops::lazily($i), Stops::big(1), ...Stops::three($i)]);
            try {
                Stops::take(new Fixed(Stops::big(1)), new Counted())->one = Stops::take(Stops::big(2));
            } catch (Error $failure) {
                strlen($failure->getMessage());
            }
        }
    },
    'autoload' => static function (): void {
        spl_autoload_register($load = static function (string $class): void {
            Stops::take(new Counted(), Stops::big(strlen($class)));
        });
        try {
            for ($i = 0;; $i++) {
                class_exists("None$i");
                Stops::take(Stops::big(1), class_exists("No\\$i"), is_callable(["Neither$i", 'x']), is_a(new Counted(), "Nor$i"));
                try {
                    Stops::take(Stops::big(1), new ("Nope$i")(Stops::big(2)));
                } catch (Error) {
                }
            }
        } finally {
            spl_autoload_unregister($load);
        }
    },
    // The optimizer of PHP 8.4 has such a branch leave its value where the expression has it.
    'branches that end with calls' => static function (): void {
        $none = static function (int $i): Generator {
            yield;
            return Stops::big($i);
        };
        $some = static function (bool $first, int $i) use ($none): Generator {
            return Stops::take(Stops::big(1), $first ? yield from $none($i) : Stops::big(2), match ($i % 3) {
                0 => yield from $none($i),
                1 => Stops::take(Stops::big(3)),
                default => null ?? yield from $none($i),
            }, ($first ? null : new Counted()) ?? yield from $none($i));
        };
        for ($i = 0;; $i++) {
            foreach ($some($i % 2 === 0, $i) as $value);
        }
    },
    'yields within arguments' => static function (): void {
        $some = static function (int $i) use (&$some): Generator {
            foreach (Stops::three($i) as $value) {
                try {
                    Stops::take(Stops::big($i), new Counted(Stops::big(2), yield Stops::big(1) => new Counted()), yield Stops::take($value), "a {$i} " . (yield Stops::big($i)) . " b",
                        $i > 2 ? yield from $some($i % 3) : Stops::big(1));
                } catch (RangeException) {
                } finally {
                    strrev(Stops::big($i));
                }
            }
            return Stops::take([Stops::big(1)]);
        };
        for ($i = 0;; $i++) {
            $made = $some($i);
            for ($n = 0; $n < $i % 9 && $made->valid(); $n++) {
                $made->send(new Counted(Stops::big($n)));
            }
            try {
                $made->throw(new RangeException(Stops::big(1)));
                $made->throw(new DomainException(Stops::big(1)));
            } catch (DomainException) {
            }
            foreach ($some(3) as $value) {
                if (Stops::take($i % 3 === 0)) {
                    break;
                }
            }
        }
    },
    'stream wrappers' => static function (): void {
        in_array('busy', stream_get_wrappers(), true) || stream_wrapper_register('busy', Busy::class);
        stream_filter_register('busy', BusyFilter::class);
        for ($i = 0;; $i++) {
            $file = fopen("busy://$i", 'w+');
            fwrite($file, Stops::big($i));
            $file = null;
            Stops::take(file_get_contents("busy://x"), new Counted());
            $file = fopen("busy://$i", 'r');
            stream_filter_append($file, 'busy', STREAM_FILTER_READ);
            Stops::take(fgets($file), new Counted());
            $file = Stops::big($i);
        }
    },
    'iterators of PHP' => static function (): void {
        for ($i = 0;; $i++) {
            foreach (new Walk($i) as $key => [$one, $two]) {
                Stops::take($key, $one, $two, new Counted());
            }
            foreach (new Walks($i) as $value) {
                Stops::take($value);
                break;
            }
            Stops::take(...new Walk($i));
            strlen(serialize([...new Walks($i)]));
            iterator_to_array(new Walks($i), true);
            json_encode(new Walk($i)) . count(new Walk($i)) . (new Walk($i))(Stops::big(1));
            array_map(static fn (mixed $a, mixed $b): array => [$a, $b, Stops::big(1)], Stops::three(1), Stops::three(2));
        }
    },
    'variable variables' => static function (): void {
        for ($i = 0;; $i++) {
            $a = Stops::big($i);
            $b = new Counted();
            $c = ['x' => Stops::big(2), 'y' => new Counted()];
            extract(Stops::take(compact('a', 'b')), EXTR_PREFIX_ALL, 'p');
            extract(Stops::take($c));
            $name = 'v' . $i % 5;
            $$name = [Stops::big($i), new Counted()];
            ${Stops::take('w' . $i % 3)}[Stops::big(1)] = Stops::take(Stops::big(2));
            Stops::take(get_defined_vars(), $$name, Stops::big(3));
            unset($$name, $p_a, $p_b, $x, $y);
            eval('$z = Stops::take(Stops::big(1)); foreach (Stops::three(1) as $each) { if (strlen($z)) return Stops::take([$each, Stops::big(2)]); }');
            eval('declare(ticks=1); Stops::take(Stops::big(1), new Counted()); $k = [Stops::big(1)]; $k[] = Stops::take(2);');
        }
    },
    'static properties' => static function (): void {
        for ($i = 0;; $i++) {
            $class = Stops::take('Counted');
            $class::$kept[Stops::big($i % 2)] = Stops::take(Stops::big(1));
            Stops::take($class)::$kept[Stops::take(Stops::big(1))] ??= Stops::big(2);
            Stops::take($class)::${Stops::take('total')} += strlen(Stops::take(Stops::big(1)));
            Stops::take(Stops::take($class)::$kept[Stops::big(1)] ?? Stops::big(2), Stops::take($class)::{'the' . 're'}(Stops::big(1), new Counted()));
            Stops::take(new Counted())::there(Stops::big(1), Stops::take($class)::NAME, isset($class::$kept[Stops::big(3)]));
            $class::$kept[Stops::take('n')][Stops::take('m')][] = Stops::take(Stops::big(2));
            $class::$kept = [];
        }
    },
    'objects that end each other' => static function (): void {
        for ($i = 0;; $i++) {
            $chain = null;
            for ($n = 0; $n < 20; $n++) {
                $chain = new Chain($chain, Stops::big($n));
            }
            $chain = null;
            Stops::take(new Chain(new Chain(null, Stops::big(1)), Stops::big(2)), Stops::big(3));
            $list = [new Chain(null, Stops::big(1)), new Chain(null, Stops::big(1))];
            $list[0]->next = $list[1];
            $list[1]->next = $list[0];
            $list = Stops::big(1);
            $i % 50 || gc_collect_cycles();
        }
    },
    'calls that cannot be made' => static function (): void {
        for ($i = 0;; $i++) {
            Stops::take(Stops::take(Stops::big(1), Stops::big(5), $i < 0 ? Stops::take(Stops::big(2), match (true) {
            }) : Stops::big(3), strrev(Stops::big(4)), new Counted()));
            Stops::take(Stops::take(Stops::big(1), Stops::big(5), $i < 0 ? Stops::take(Stops::big(2), throw new LogicException()) : Stops::big(3), strrev(Stops::big(4)), new Counted()));
            Stops::take(Stops::take(Stops::big(1), Stops::big(5), $i < 0 ? Stops::take(Stops::big(2), exit(1)) : Stops::big(3), strrev(Stops::big(4)), new Counted()));
            Stops::take(Stops::take(Stops::big(1), Stops::big(5), $i < 0 ? new Counted(Stops::big(2), Stops::fails(1)) : Stops::big(3), strrev(Stops::big(4)), new Counted()));
        }
    },
    'silence and switches within arguments' => static function (): void {
        $one = static function (int $i): mixed {
            switch (Stops::take(Stops::big($i % 3))) {
                case Stops::big(0):
                    return @Stops::take(Stops::big(1), @Stops::big(2), @$x[@Stops::big(3)], include __DIR__ . '/parts/included.php');
                case Stops::big(1):
                    return match (@Stops::take(Stops::big(1))) {
                        'x' => 1,
                        default => @Stops::take([Stops::big(1), @new Counted()]),
                    };
                default:
                    return Stops::take("a {$i} " . Stops::big(1) . " b {$i} ", @file_get_contents('/none' . md5(Stops::big(2))));
            }
        };
        for ($i = 0;; $i++) {
            @Stops::take(Stops::big(1), $one($i), "x {$i} {$one(1)[0]} y " . Stops::big(1) . " {$i}", @$one($i));
            if (error_reporting() !== E_ALL) {
                throw new LogicException('error_reporting');
            }
        }
    },
    'catches it' => static function (): void {
        while (true) {
            try {
                while (true) {
                    Stops::take(new Counted(), Stops::big(1), md5('x'));
                }
            } catch (RuntimeException) {
            }
        }
    },
    'calls by __call' => static function (): void {
        $magic = new Magic();
        for ($i = 0;; $i++) {
            $magic->one(Stops::big($i), new Counted(), md5("$i"));
            Magic::{'two' . $i % 3}(new Counted(), Stops::big($i));
            $magic->three(a: new Counted(), b: Stops::big($i));
            [$magic, 'four'](Stops::big($i), new Counted());
        }
    },
    'what ??= has already' => static function (): void {
        $big = Stops::big(1);
        $all = [$big => 1, 'x' => [$big => new Counted()]];
        $object = new Counted();
        $object->list[$big] = 1;
        for ($i = 0;; $i++) {
            $all[Stops::big(1)] ??= new Counted();
            $all[strrev('x')][Stops::big(1)] ??= Stops::big(2);
            $all[Stops::take('x')][Stops::take(Stops::big(1))] ??= Stops::big(2);
            Stops::take($all[strrev($big)] ??= new Counted(), new Counted());
            $object->list[strrev(Stops::big(1))] ??= Stops::big(2);
            Stops::take(new Counted())->list[Stops::take(Stops::big($i))] ??= Stops::big(3);
        }
    },
    'return within finally' => static function (): void {
        $one = static function (int $i): mixed {
            try {
                foreach (Stops::three($i) as $value) {
                    return Stops::take([new Counted(), Stops::big($i), $value]);
                }
            } finally {
                strrev(md5("$i"));
            }
        };
        $two = static function (int $i): mixed {
            try {
                foreach (Stops::three($i) as $value) {
                    try {
                        foreach (Stops::three($i) as $inner) {
                            return str_repeat('x', 100000 + $i % 3);
                        }
                    } finally {
                        strrev(md5("$i"));
                    }
                }
            } finally {
                strrev(md5("$i"));
            }
        };
        for ($i = 0;; $i++) {
            $one($i);
            $two($i);
        }
    },
    'return of generators' => static function (): void {
        $one = static function (int $i): Generator {
            yield 1;
            foreach (Stops::three($i) as $value) {
                return Stops::take([new Counted(), Stops::big($i), $value]);
            }
        };
        $two = static function (int $i): Generator {
            yield 1;
            foreach (Stops::three($i) as $value) {
                try {
                    return str_repeat('x', 100000 + $i % 3);
                } finally {
                    strrev(md5("$i"));
                }
            }
        };
        for ($i = 0;; $i++) {
            foreach ($one($i) as $x) {
                strrev("$i");
            }
            foreach ($two($i) as $x) {
                strrev("$i");
            }
        }
    },
    'return of generators, alone' => static function (): void {
        $two = static function (int $i): Generator {
            foreach ([1] as $value) {
                return str_repeat('x', 100000 + $i % 3);
            }
            yield 1;
        };
        for ($i = 0;; $i++) {
            $two($i)->current();
        }
    },
    'return by reference' => static function (): void {
        $one = static function &(int $i): mixed {
            static $kept = [];
            foreach (Stops::three($i) as $value) {
                $kept = [$value, [Stops::big($i)]];
                return $kept[strlen(md5("$i")) % 2];
            }
        };
        for ($i = 0;; $i++) {
            $x = &$one($i);
            unset($x);
        }
    },
    'return of generators in finally' => static function (): void {
        $two = static function (int $i): Generator {
            foreach ([1] as $value) {
                try {
                    return str_repeat('x', 100000 + $i % 3);
                } finally {
                    $i++;
                }
            }
            yield 1;
        };
        for ($i = 0;; $i++) {
            $two($i)->current();
        }
    },
    'a return that finally replaces' => static function (): void {
        $a = Stops::big(1);
        $one = static function (int $i) use ($a): mixed {
            try {
                try {
                    return str_repeat('x', 80000 + $i % 3);
                } finally {
                    return str_repeat('y', 80000 + $i % 3);
                }
            } finally {
                $z = $a . $i . $a . $i . $a . $i;
            }
        };
        for ($i = 0;; $i++) {
            $one($i);
        }
    },
    'objects that finally replaces' => static function (): void {
        $a = Stops::big(1);
        $one = static function (int $i) use ($a): mixed {
            try {
                try {
                    return Stops::take([new Counted()]);
                } finally {
                    return Stops::take([new Counted()]);
                }
            } finally {
                $z = $a . $i . $a . $i . $a . $i;
            }
        };
        for ($i = 0;; $i++) {
            $one($i);
        }
    },
    'finally within finally' => static function (): void {
        $one = static function (int $i): mixed {
            try {
                try {
                    if ($i % 4 === 0) {
                        return Stops::take(Stops::big($i));
                    }
                    Stops::take(new Counted(), $i % 4 === 1 ? Stops::fails($i) : Stops::big($i));
                } catch (RangeException $e) {
                    throw new LogicException(Stops::big(1), 0, $e);
                } finally {
                    try {
                        try {
                            if ($i % 3 === 0) {
                                throw new DomainException(Stops::big($i));
                            }
                            return Stops::take([Stops::big($i), new Counted()]);
                        } finally {
                            strrev(Stops::big($i));
                        }
                    } catch (DomainException) {
                    } finally {
                        strrev(Stops::big($i));
                        if ($i % 5 === 0) {
                            return str_repeat('y', 80000 + $i % 3);
                        }
                    }
                }
            } finally {
                foreach (Stops::three($i) as $x) {
                    if ($i % 7 === 0) {
                        return Stops::take(Stops::big($i), $x);
                    }
                }
            }
            return null;
        };
        for ($i = 0;; $i++) {
            try {
                $one($i);
            } catch (LogicException) {
            }
        }
    },
    'leaving loops' => static function (): void {
        for ($i = 0;; $i++) {
            foreach (Stops::three($i) as $one) {
                foreach (Stops::lazily($i) as $two) {
                    switch (Stops::take(Stops::big($i % 3))) {
                        case Stops::big(1):
                            continue 3;
                        case Stops::take(Stops::big(2)):
                            break 2;
                        default:
                            foreach (new ArrayObject(Stops::three($i)) as $three) {
                                if (Stops::take($two)) {
                                    goto out;
                                }
                            }
                    }
                }
                strrev(Stops::big($i));
            }
            out:
            foreach (Stops::three($i) as $one) {
                try {
                    foreach (Stops::three($i) as $two) {
                        try {
                            foreach (Stops::lazily($i) as $three) {
                                if (Stops::take($i % 2)) {
                                    continue 3;
                                }
                                break 2;
                            }
                        } finally {
                            strrev(Stops::big($i));
                        }
                    }
                } finally {
                    Stops::take(new Counted(), Stops::big($i));
                }
            }
        }
    },
    'loops that end with a return' => static function (): void {
        $loop = static function (int $i): mixed {
            foreach (Stops::slowly($i) as $value) {
                if ($value === $i) {
                    return Stops::take($value, new Counted());
                }
            }
            foreach ([new Counted(), Stops::big($i)] as $outer) {
                foreach (Stops::slowly($i) as $value) {
                    if ($value !== $i) {
                        continue;
                    }
                    return strrev(Stops::big($i));
                }
            }
            foreach ([new Counted(), Stops::big($i)] as $outer) {
                foreach (Stops::slowly($i) as $value) {
                    if ($value !== $i) {
                        continue;
                    }
                    break 2;
                }
            }
            return new Counted();
        };
        for ($i = 0;; $i++) {
            $loop($i);
        }
    },
];
