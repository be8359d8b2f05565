<?php

/**
 * Kinds of busy code, each an endless loop: what a stop may find half done. The file is compiled in the guest (and by its JIT), and in
 * the host, which sends the closures. Every kind makes Counted objects and strings of 70 kB, so that one temporary that is
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
];
