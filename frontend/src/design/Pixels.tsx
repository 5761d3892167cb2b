interface Props {
  width: number;
  height: number;
}

/** Width by height, in this order also where the writing runs from right to left. */
export function Pixels({ width, height }: Props) {
  return (
    <bdi dir="ltr" className="tabular">
      {width} × {height} px
    </bdi>
  );
}
