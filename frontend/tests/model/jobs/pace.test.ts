import { expect, test } from "vitest";
import { Pace } from "@/model/jobs/pace";

const few = (changed: boolean) => ({ changed, ended: 0, left: 1 });

test("of a few jobs each change is wanted at once, and without one polling slows down", () => {
  const pace = new Pace();
  const after = (changed: boolean): number => {
    pace.answered(few(changed));
    return pace.nextMs(true);
  };
  expect([true, false, false, true].map(after)).toEqual([1000, 1500, 2250, 1000]);
  for (let round = 0; round < 50; round += 1) after(false);
  expect(pace.nextMs(true)).toBe(15_000);
});

test("nothing to wait for is asked about rarely, and what begins then at the first pace", () => {
  const pace = new Pace();
  pace.answered(few(false));
  expect([pace.nextMs(false), pace.nextMs(true)]).toEqual([30_000, 1000]);
});

test.each([0.2, 1, 5, 50])("at %d jobs a second many jobs take few questions", (perSecond) => {
  const pace = new Pace();
  let [left, questions, seconds] = [300, 0, 0];
  while (left > 4) {
    const pauseS = pace.nextMs(true) / 1000;
    const ended = Math.min(left, Math.round(perSecond * pauseS));
    left -= ended;
    seconds += pauseS;
    questions += 1;
    pace.answered({ changed: ended > 0, ended, left });
  }
  // Never rarer than every ten seconds, and never more than one question for two jobs.
  expect(questions).toBeLessThan(300 / 2 + 10);
  expect(questions).toBeLessThanOrEqual(seconds / 10 + 12);
});
